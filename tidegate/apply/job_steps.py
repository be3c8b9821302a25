"""Which Flink jobs have to be started or restarted so that each dataset runs as its contract says. Pure.

A dataset that is new is started in jobs of its own beside those that run, which go on; where a kind of job does not run
at all, one is started for all. A job is restarted only if it runs other SQL of a dataset than the contract calls for.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tidegate.errors import ContractError, TidegateError
from tidegate.job_names import NAMES
from tidegate.jobs.live import LiveJob, of_dataset

Wanted = Mapping[str, Mapping[str, str]]
"""By dataset and job, the fingerprint of what should run."""


@dataclass(frozen=True, slots=True)
class JobStep:
    """Starts ``jobs`` for the datasets. ``stops`` is the Flink job that is stopped for it, with a savepoint.

    Without ``jobs`` it only stops: the contract has no work for it any more. ``shared``: the job is started with every
    dataset that has none of its own. ``waiting`` are the stopped job's other datasets, whose events wait meanwhile.
    """

    jobs: tuple[str, ...]
    datasets: tuple[str, ...]
    shared: bool = False
    stops: str = ""
    waiting: tuple[str, ...] = ()

    def __str__(self) -> str:
        names = ", ".join(self.jobs)
        if not self.stops:
            return f"start {names}" if self.shared else f"start {names} beside what runs"
        if not self.jobs:
            return f"stop {self.stops} with a savepoint, as the contract has no work for it any more"
        others = f"; its other datasets wait meanwhile: {', '.join(self.waiting)}" if self.waiting else ""
        return f"restart {self.stops} from a savepoint, as it runs an older contract{others}"


def job_steps(
    wanted: Wanted, live: Sequence[LiveJob], asked: Collection[str], *, everything: bool
) -> tuple[list[JobStep], dict[str, TidegateError]]:
    """The steps for the datasets that are ``asked`` for, starts first, and why some can't be brought up to date.

    ``wanted`` has all that can work. ``everything``: all are asked for, so that a kind of job that does not run is
    started for all in one.
    """
    beside: defaultdict[str, list[str]] = defaultdict(list)
    outdated: dict[str, LiveJob] = {}
    together = []
    for job in NAMES:
        names = [name for name in wanted if name in asked and job in wanted[name]]
        if names and everything and not any(each.job == job for each in live):
            together.append(job)
            continue
        for name in names:
            found = of_dataset(live, job, name)
            if found is None:
                beside[name].append(job)
            elif found.fingerprints.get(name) != wanted[name][job]:
                outdated[found.name] = found
    outdated |= {each.name: each for each in live if _is_idle_for(each, wanted, asked)}
    starts = [JobStep(tuple(together), tuple(name for name in wanted if name in asked), shared=True)]
    starts += [JobStep(tuple(jobs), (name,)) for name, jobs in beside.items()]
    restarts, problems = _restarts(outdated.values(), wanted, asked)
    return [*starts[not together :], *restarts], problems


def _is_idle_for(job: LiveJob, wanted: Wanted, asked: Collection[str]) -> bool:
    """Whether it has one of the datasets whose contract has no work for it any more."""
    return any(name in asked and name in wanted and job.job not in wanted[name] for name in job.fingerprints)


def _restarts(
    outdated: Iterable[LiveJob], wanted: Wanted, asked: Collection[str]
) -> tuple[list[JobStep], dict[str, TidegateError]]:
    """One of each job, for all of its datasets that have changed: they come along, asked for or not.

    A job is not stopped that could not be started again: its state holds a dataset that can't work now.
    """
    steps, problems = [], dict[str, TidegateError]()
    for job in outdated:
        has = job.fingerprints or dict.fromkeys((name for name in wanted if job.job in wanted[name]), "")
        changed = tuple(name for name in has if name in wanted and wanted[name].get(job.job) != has[name])
        if broken := [name for name in has if name not in wanted]:
            problems |= {name: _held_back(name, job, broken) for name in changed if name in asked}
        else:
            waiting = tuple(name for name in has if name not in changed)
            goes_on = any(job.job in wanted[name] for name in has)
            steps.append(JobStep((job.job,) if goes_on else (), changed, job.is_shared, job.name, waiting))
    return steps, problems


def _held_back(name: str, job: LiveJob, broken: Sequence[str]) -> ContractError:
    return ContractError(
        f"{name} runs in {job.name} together with {', '.join(broken)}, which can't be started again as it is.",
        remedy=f"Mend the contract of {broken[0]} (`tidegate contract check {broken[0]}`), or take it out of the job "
        f"with `tidegate remove {broken[0]}`; then this again.",
    )
