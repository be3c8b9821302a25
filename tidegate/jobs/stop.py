"""Stopping jobs: all of a kind, one by its name in Flink, or what holds a dataset, out of which the others go on."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tidegate.clients.flink import FlinkClient, FlinkJob
from tidegate.errors import TidegateError, TransientError
from tidegate.job_names import NAMES, group_of, job_of
from tidegate.jobs.live import LiveJob, live_jobs, of_dataset
from tidegate.jobs.plan_start import GroupStart, Start
from tidegate.jobs.start import start_groups, wait_until_running
from tidegate.settings import Settings

START_LIMIT_S = 120.0


@dataclass(frozen=True, slots=True)
class Stopped:
    """A Flink job that has ended, and the path to go on from; ``go_on`` are datasets that it runs with again."""

    name: str
    savepoint: str | None
    go_on: tuple[str, ...] = ()
    failures: tuple[TidegateError, ...] = ()


def stop_jobs(
    settings: Settings, names: Sequence[str], datasets: Sequence[str] = (), *, savepoint: bool
) -> list[Stopped]:
    """Ends the named jobs, all at the same time; of ``refine`` every one, of ``refine.readings`` that one.

    With ``datasets``, only what these run in. A job that has others too is started again with those.

    Raises:
        TidegateError: one does not run, or it does not tell which datasets it has.
    """
    live = live_jobs(settings)
    chosen = _of_datasets(live, names, datasets) if datasets else _named(settings, live, names)
    with ThreadPoolExecutor(len(chosen)) as pool:
        paths = list(pool.map(lambda name: stop(settings, name, savepoint=savepoint), chosen))
    return [
        _go_on(settings, Stopped(name, path, rest)) for (name, rest), path in zip(chosen.items(), paths, strict=True)
    ]


def stop(settings: Settings, name: str, *, savepoint: bool) -> str | None:
    """Ends the Flink job of that name; with ``savepoint`` returns the path to go on from."""
    client = FlinkClient(settings)
    job = client.live_job(name)
    if job is None:
        raise _does_not_run(name)
    if savepoint:
        return client.stop(job.job_id, f"{settings.savepoint_dir()}/{name}")
    client.cancel(job.job_id)
    _wait_until_ended(client, job)
    return None


def _named(settings: Settings, live: Sequence[LiveJob], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """By their names in Flink, none of which goes on."""
    chosen: dict[str, tuple[str, ...]] = {}
    for name in names:
        found = [each.name for each in live if name in (each.job, each.name)]
        if not found and (name in NAMES or FlinkClient(settings).live_job(name) is None):
            raise _does_not_run(name)
        chosen |= dict.fromkeys(found or [name], ())
    return chosen


def _of_datasets(live: Sequence[LiveJob], names: Sequence[str], datasets: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The jobs that have one of the datasets, each with the others that it goes on with."""
    chosen: dict[str, tuple[str, ...]] = {}
    for job in map(job_of, names):
        for dataset in datasets:
            holder = of_dataset(live, job, dataset)
            if holder is None:
                raise _does_not_run(f"{job} with {dataset}")
            if not holder.tells:
                raise TidegateError(
                    f"the job {holder.name} does not tell which datasets it has: it was started by an older version.",
                    remedy=f"Stop and start all of it once: `tidegate stop {job}`, `tidegate run {job}`.",
                )
            chosen[holder.name] = tuple(sorted(holder.fingerprints.keys() - set(datasets)))
    return chosen


def _go_on(settings: Settings, stopped: Stopped) -> Stopped:
    """The datasets that were not meant go on from where they were stopped, in a job of the same name."""
    if not stopped.go_on:
        return stopped
    again = GroupStart(job_of(stopped.name), group_of(stopped.name), stopped.go_on)
    taken, failures = start_groups(settings, [again], Start((again.job,)))
    for name in taken:
        try:
            wait_until_running(FlinkClient(settings), name, START_LIMIT_S)
        except TidegateError as error:
            failures.append(error)
    return Stopped(stopped.name, stopped.savepoint, stopped.go_on if taken else (), tuple(failures))


def _does_not_run(name: str) -> TidegateError:
    return TidegateError(f"the job {name} does not run.", remedy="`tidegate status` lists what runs.")


def _wait_until_ended(client: FlinkClient, job: FlinkJob, timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if client.live_job(job.name) is None:
            return
        time.sleep(0.2)
    raise TransientError(f"the job {job.name} is not ended after {timeout_s:.0f} s.", remedy="Try again.")
