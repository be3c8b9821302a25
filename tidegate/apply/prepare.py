"""From contracts and running servers to the plan."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tidegate.apply.job_steps import JobStep, job_steps
from tidegate.apply.look import look
from tidegate.apply.plan import Plan
from tidegate.contracts.dataset import Dataset, is_stream
from tidegate.contracts.load import dataset_names
from tidegate.contracts.problem import Problem
from tidegate.contracts.sound import Sound, sound_datasets
from tidegate.errors import ContractError, TidegateError
from tidegate.job_names import LAKE
from tidegate.jobs.check_contracts import flink_problems
from tidegate.jobs.fingerprints import fingerprints
from tidegate.jobs.live import live_jobs
from tidegate.jobs.own_flink import has_flink
from tidegate.jobs.silver_versions import unswitched
from tidegate.settings import Settings


def prepare(settings: Settings, names: Sequence[str], jobs: Collection[str]) -> Plan:
    """What has to be done for the named datasets and the reference data they need, or for all.

    ``jobs`` are the kinds that should run; others are left alone. A contract that can't work, breaks a promise, does
    not compile or says a version of silver that its jobs were not switched to is a problem of its own dataset.

    Raises:
        ContractError: a name that is no dataset.
        TransientError: a server is out of reach.
    """
    known = dataset_names(settings.schemas_dir)
    if unknown := [name for name in names if name not in known]:
        raise ContractError(f"there is no dataset {unknown[0]!r}.", remedy=f"Known: {', '.join(known) or 'none'}.")
    sound = sound_datasets(settings.schemas_dir)
    problems: dict[str, TidegateError] = {
        name: _unsound(found) for name, found in sound.left_out.items() if not names or name in names
    }
    datasets = _wanted(sound, names)
    held_back = unswitched(settings, [stream.contract for stream in sound.streams])
    problems.update({each.name: held_back[each.name] for each in datasets if each.name in held_back})
    found = look(settings, [each for each in datasets if each.name not in held_back], sound.streams)
    problems.update(found.problems)
    steps: list[JobStep] = []
    notes = list(found.notes)
    if LAKE in jobs and not lake_is_set(settings):
        jobs = [job for job in jobs if job != LAKE]
        notes.append("The job lake is left out: TIDEGATE_LAKE_CATALOG_URI is not set.")
    if jobs:
        streams = [each.name for each in datasets if is_stream(each) and each.name not in problems]
        steps, more = _steps(_Wanted(settings, sound, jobs, held_back), streams, everything=not names)
        problems.update(more)
    lacking = tuple(each for each in found.lacking if each.dataset not in problems)
    return Plan(lacking, tuple(steps), dict(sorted(problems.items())), tuple(notes))


def lake_is_set(settings: Settings) -> bool:
    """Whether a lake is part of this installation."""
    return "lake_catalog_uri" in settings.model_fields_set


def _wanted(sound: Sound, names: Sequence[str]) -> list[Dataset]:
    """The named ones behind what they are enriched by; all if none is named."""
    if not names:
        return sound.datasets
    named = [dataset for dataset in sound.datasets if dataset.name in names]
    needed = {each.reference for dataset in named for each in dataset.contract.enrich} - {*names}
    return [dataset for dataset in sound.datasets if dataset.name in needed] + named


@dataclass(frozen=True, slots=True)
class _Wanted:
    settings: Settings
    sound: Sound
    jobs: Collection[str]
    held_back: Collection[str]
    """Datasets that no job could be started with again."""

    def fingerprints(self) -> dict[str, dict[str, str]]:
        """Of all that can work: what should run, by dataset and kind of job."""
        streams = [stream for stream in self.sound.streams if stream.name not in self.held_back]
        found = {stream.name: fingerprints(stream, self.settings) for stream in streams}
        return {name: {job: sign for job, sign in of.items() if job in self.jobs} for name, of in found.items()}


def _steps(what: _Wanted, asked: Sequence[str], *, everything: bool) -> tuple[list[JobStep], dict[str, TidegateError]]:
    """What has to be started or restarted: a job is stopped only for what Flink compiles.

    A start needs no such look: what can't be planned is left out by itself.
    """
    wanted = what.fingerprints()
    live = [job for job in live_jobs(what.settings) if job.job in what.jobs]
    steps, problems = job_steps(wanted, live, asked, everything=everything)
    refused = _refused(what.settings, sorted({name for step in steps if step.stops for name in step.datasets}))
    if refused:
        compiling = {name: jobs for name, jobs in wanted.items() if name not in refused}
        steps, problems = job_steps(compiling, live, asked, everything=everything)
    return steps, {**problems, **refused}


def _refused(settings: Settings, names: Sequence[str]) -> Mapping[str, TidegateError]:
    """What Flink finds wrong with the SQL of each; nothing on a machine without it, where the start itself says so."""
    problems = flink_problems(settings, names) if has_flink() else []
    return {problem.file.partition("/")[0]: _unsound(problem) for problem in reversed(problems)}


def _unsound(problem: Problem) -> ContractError:
    return ContractError(f"{problem.file}: {problem.place}: {problem.problem.rstrip('.')}.", remedy=problem.remedy)
