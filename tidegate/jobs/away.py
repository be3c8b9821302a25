"""Takes a dataset out of its Flink jobs for a while, and brings it back; those that share these jobs go on meanwhile.

Both look at what runs and do what of it is lacking: whoever is killed in the middle does it once more.
"""

import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from tidegate import log
from tidegate.clients.flink import FlinkClient
from tidegate.contracts.sound import sound_datasets
from tidegate.errors import ContractError, TidegateError, TransientError
from tidegate.job_names import group_of
from tidegate.jobs.groups import to_start
from tidegate.jobs.live import LiveJob, live_jobs, of_dataset
from tidegate.jobs.plan_start import GroupStart, Start
from tidegate.jobs.savepoints import remove_old
from tidegate.jobs.start import start_groups, wait_until_running
from tidegate.jobs.stop import START_LIMIT_S, stop
from tidegate.settings import Settings

POLL_S = 0.2
_ENDING_S = 30.0
"""For a job that somebody else, or an earlier run of this command, is stopping already."""


def homes_of(live: Iterable[LiveJob], dataset: str, jobs: Collection[str]) -> tuple[GroupStart, ...]:
    """Where the dataset runs, of those kinds of jobs: each Flink job with all of its datasets.

    Raises:
        TidegateError: one does not tell which it has.
    """
    live, found = [*live], []
    for job in jobs:
        holder = of_dataset(live, job, dataset)
        if holder is not None and not holder.tells:
            raise TidegateError(
                f"the job {holder.name} does not tell which datasets it has: it was started by an older version.",
                remedy=f"Stop and start all of it once: `tidegate stop {job}`, `tidegate run {job}`.",
            )
        if holder is not None:
            found.append(GroupStart(job, group_of(holder.name), tuple(sorted(holder.fingerprints))))
    return tuple(found)


def refuse_what_could_not_start_again(settings: Settings, homes: Iterable[GroupStart]) -> None:
    """To be asked before anything is stopped.

    Raises:
        ContractError: a job of these has a dataset whose contract can't work now.
    """
    sound = {stream.name for stream in sound_datasets(settings.schemas_dir).streams}
    for home in homes:
        if broken := [name for name in home.datasets if name not in sound]:
            raise ContractError(
                f"{home.name} runs with {broken[0]}, too, which could not be started again: its contract is wrong or "
                f"not in {settings.schemas_dir}.",
                remedy=f"Mend it (`tidegate contract check {broken[0]}`), or take it out of the job with "
                f"`tidegate stop {home.job} --dataset {broken[0]}`; then this again.",
            )


def take_out(settings: Settings, dataset: str, homes: Sequence[GroupStart]) -> float:
    """Stops the jobs that have the dataset, with savepoints, and starts again those that others of ``homes`` lack.

    Returns for how many seconds these stood still.

    Raises:
        TidegateError: a savepoint fails, or the others can't be started.
        TransientError: Flink does not answer, or something does not run in time.
    """
    live = live_jobs(settings)
    holders = [job for home in homes if (job := of_dataset(live, home.job, dataset)) is not None]
    others = [GroupStart(job.job, group_of(job.name), tuple(job.fingerprints)) for job in holders]
    return _rearrange(settings, [job.name for job in holders], without(_joined([*homes, *others]), dataset))


def bring_back(settings: Settings, dataset: str, homes: Sequence[GroupStart]) -> float:
    """Starts the jobs of ``homes`` as they were, with the dataset; returns for how many seconds the others stood still.

    Raises:
        TidegateError: a savepoint fails, or one of them can't be started.
        TransientError: Flink does not answer, or something does not run in time.
    """
    live, ended, wanted = live_jobs(settings), list[str](), [*homes]
    for home in homes:
        if of_dataset(live, home.job, dataset) is None:
            rest = [job for job in live if job.job == home.job and job.fingerprints.keys() & {*home.datasets}]
            ended += [job.name for job in rest]
            wanted += [GroupStart(home.job, home.group, tuple(job.fingerprints)) for job in rest]
    return _rearrange(settings, ended, _joined(wanted))


def without(homes: Iterable[GroupStart], dataset: str) -> list[GroupStart]:
    """The same jobs without it; one that has no other is none."""
    rest = [(home, tuple(name for name in home.datasets if name != dataset)) for home in homes]
    return [GroupStart(home.job, home.group, names) for home, names in rest if names]


def lacking(live: Sequence[LiveJob], wanted: Iterable[GroupStart]) -> list[GroupStart]:
    """What is to be started so that all that is ``wanted`` runs, beside what does."""
    found, begun = list[GroupStart](), set[tuple[str, str]]()
    for each in wanted:
        missing = [
            name for name in each.datasets if of_dataset(live, each.job, name) is None and (each.job, name) not in begun
        ]
        begun |= {(each.job, name) for name in missing}
        taken = {group_of(job.name) for job in live if job.job == each.job}
        groups = to_start({each.group: each.datasets}, missing, taken, named=False)
        found += [GroupStart(each.job, group, names) for group, names in groups.items()]
    return found


def _joined(homes: Iterable[GroupStart]) -> list[GroupStart]:
    """One of each Flink job, with all of the datasets that are named."""
    names = defaultdict[tuple[str, str], set[str]](set)
    for home in homes:
        names[home.job, home.group] |= {*home.datasets}
    return [GroupStart(job, group, tuple(sorted(datasets))) for (job, group), datasets in names.items()]


def _rearrange(settings: Settings, ended: Sequence[str], wanted: Iterable[GroupStart]) -> float:
    """What could not be stopped is left as it is; what was stopped for the others' sake is started all the same."""
    began_s, failures = time.monotonic(), _end_all(settings, ended)
    starts = lacking(live_jobs(settings), [each for each in wanted if each.name not in failures])
    if starts:
        _start_all(settings, starts, failures)
    for failure in [*failures.values()][:-1]:
        log.failed(failure)
    if failures:
        raise [*failures.values()][-1]
    return time.monotonic() - began_s if starts else 0.0


def _end_all(settings: Settings, names: Sequence[str]) -> dict[str, TidegateError]:
    """All at the same time; why some could not be, by name."""
    failures = dict[str, TidegateError]()

    def end(name: str) -> None:
        try:
            _end(settings, name)
        except TidegateError as error:
            failures[name] = error

    with ThreadPoolExecutor(max(1, len(names))) as pool:
        list(pool.map(end, names))
    return failures


def _start_all(settings: Settings, starts: Sequence[GroupStart], failures: dict[str, TidegateError]) -> None:
    """Adds to the failures."""
    taken, refused = start_groups(settings, starts, Start(tuple(dict.fromkeys(each.job for each in starts))))
    failures |= {f"start {number}": error for number, error in enumerate(refused)}
    for name in taken:
        try:
            wait_until_running(FlinkClient(settings), name, START_LIMIT_S)
        except TidegateError as error:
            failures[name] = error


def _end(settings: Settings, name: str) -> None:
    client = FlinkClient(settings)
    try:
        savepoint = stop(settings, name, savepoint=True)
    except TransientError:
        raise
    except TidegateError:
        if not _ends_by_itself(client, name):
            raise
    else:
        if savepoint:
            remove_old(settings, name, savepoint)


def _ends_by_itself(client: FlinkClient, name: str) -> bool:
    deadline_s = time.monotonic() + _ENDING_S
    while client.live_job(name) is not None:
        if time.monotonic() > deadline_s:
            return False
        time.sleep(POLL_S)
    return True
