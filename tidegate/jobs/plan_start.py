"""What a start has to start: of the datasets that are meant, those that do not run yet, each with its group."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tidegate import log
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.contracts.sound import sound_datasets
from tidegate.errors import TidegateError
from tidegate.job_names import INDEX, METRICS, REFINE, flink_name, group_of
from tidegate.jobs.groups import grouped, to_start
from tidegate.jobs.live import LiveJob, of_dataset
from tidegate.jobs.registered import Missing, datasets_to_start
from tidegate.jobs.silver_versions import unswitched
from tidegate.settings import Settings


@dataclass(frozen=True, slots=True)
class Start:
    """What to start, by one client: ``recover_from`` is ``latest``, ``none`` or the path of a state.

    ``datasets``: only these, beside what runs; all if empty. ``forget_removed``: state of operators that the SQL has
    no more may be given up. ``leave_running``: what runs already is left as it is, in place of refusing the start.
    ``budget_reset``: what has arrived until now does not count in the error budget.
    """

    jobs: tuple[str, ...]
    datasets: tuple[str, ...] = ()
    recover_from: str = "latest"
    forget_removed: bool = False
    leave_running: bool = False
    budget_reset: bool = False


@dataclass(frozen=True, slots=True)
class GroupStart:
    """One Flink job to start: the job, its group, and its datasets."""

    job: str
    group: str
    datasets: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is called in Flink."""
        return flink_name(self.job, self.group)


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to be started, the names of Flink jobs that are left running, and why a dataset can't be started."""

    starts: tuple[GroupStart, ...]
    running: tuple[str, ...]
    failures: tuple[TidegateError, ...] = ()


def plan_start(settings: Settings, what: Start, live: Sequence[LiveJob]) -> Planned:
    """The jobs to start beside those that are ``live``.

    Raises:
        TidegateError: what is to be started runs already, unless that is left running; a dataset that is named can't
            be started, or none can.
    """
    _refuse_running_names(what, live)
    everyone = _streams(settings, what)
    refused = _refused(settings, what, everyone)
    names, left_out = datasets_to_start(settings, what.jobs, what.datasets)
    names = [name for name in names if name not in refused]
    failures = [*refused.values(), *_lacking(what, (each for each in left_out if each.dataset not in refused))]
    starts: list[GroupStart] = []
    running: list[str] = []
    for job in what.jobs:
        mine = [stream.name for stream in everyone if works_on(job, stream)]
        _tell_if_idle(job, mine, what)
        meant = [name for name in mine if name in names]
        free = [name for name in meant if of_dataset(live, job, name) is None]
        running += _running(job, [name for name in what.datasets or mine if name not in free], live)
        alone = [stream.name for stream in everyone if ends_alone(job, stream)]
        groups = to_start(grouped(settings.job_groups, mine, alone), free, _taken(job, live), named=bool(what.datasets))
        starts += [GroupStart(job, group, datasets) for group, datasets in groups.items()]
        if meant and not free:
            _refuse(what, job, live)
    return Planned(tuple(starts), tuple(dict.fromkeys(running)), tuple(failures))


def _refused(settings: Settings, what: Start, everyone: Sequence[Stream]) -> dict[str, TidegateError]:
    """Those of another version of silver than their jobs were switched to: told before anything is made for them.

    Raises:
        ContractError: one that is named, or every one.
    """
    meant = [stream for stream in everyone if not what.datasets or stream.name in what.datasets]
    refused = unswitched(settings, [stream.contract for stream in meant], what.jobs)
    if refused and (what.datasets or len(refused) == len(meant)):
        raise next(iter(refused.values()))
    return refused


def _lacking(what: Start, left_out: Iterable[Missing]) -> Iterator[TidegateError]:
    """Tells of those that were never registered; the others are failures."""
    for each in left_out:
        if each.never_registered:
            text = f"Left out: {each}. `{each.command}` makes them; then run {', '.join(what.jobs)} again."
            log.tell(text, "dataset_left_out", "warning", dataset=each.dataset, command=each.command)
        else:
            yield TidegateError(f"{each}.", remedy=f"Run `{each.command}`, then this again.")


def _tell_if_idle(job: str, mine: Sequence[str], what: Start) -> None:
    if not set(mine).intersection(what.datasets or mine):
        text = f"{job} has nothing to do for {', '.join(what.datasets) or 'any dataset'}."
        log.tell(text, "nothing_to_do", job=job)


def works_on(job: str, stream: Stream) -> bool:
    """Whether the job has anything to do for the dataset."""
    if job == METRICS:
        return bool(stream.metrics)
    return job != INDEX or stream.contract.index is not None


def ends_alone(job: str, stream: Stream) -> bool:
    """Whether the job may end because of what the dataset's records hold, which no other dataset is to suffer from."""
    return job == REFINE and stream.contract.dead_letters.action == "stop"


def running_already(job: LiveJob, datasets: Sequence[str] = ()) -> TidegateError:
    """Two jobs with one dataset would fence each other's transactions."""
    options = "".join(f" --dataset {name}" for name in datasets)
    having = f" with {', '.join(datasets)}" if options else ""
    return TidegateError(
        f"the job {job.name} runs already{having} (id {job.job_id}).",
        remedy=f"Stop it first with `tidegate stop {job.job}{options}`.",
    )


def _refuse_running_names(what: Start, live: Sequence[LiveJob]) -> None:
    if what.leave_running or not what.datasets:
        return
    for job in what.jobs:
        for name in what.datasets:
            if holder := of_dataset(live, job, name):
                raise running_already(holder, [name])


def _refuse(what: Start, job: str, live: Sequence[LiveJob]) -> None:
    holder = next((each for each in live if each.job == job), None)
    if holder and not what.leave_running:
        raise running_already(holder)


def _running(job: str, names: Iterable[str], live: Sequence[LiveJob]) -> Iterator[str]:
    for name in names:
        if holder := of_dataset(live, job, name):
            yield holder.name


def _taken(job: str, live: Sequence[LiveJob]) -> set[str]:
    return {group_of(each.name) for each in live if each.job == job}


def _streams(settings: Settings, what: Start) -> list[Stream]:
    """All that can work, and those that are named."""
    found = {stream.name: stream for stream in sound_datasets(settings.schemas_dir).streams}
    found |= {name: load_stream(settings.schemas_dir, name) for name in what.datasets}
    return [found[name] for name in sorted(found)]
