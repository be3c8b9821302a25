"""Starting the Flink jobs of ``flink_jobs/``: beside what runs, each dataset in one job of a kind at most."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tidegate import log
from tidegate.child_process import events, reported_errors
from tidegate.clients.flink import FlinkClient, FlinkJob
from tidegate.errors import TidegateError, TransientError
from tidegate.job_names import NAMES, job_of
from tidegate.jobs.ended import ended_of
from tidegate.jobs.flink_run import JOBS_FOLDER, submitted
from tidegate.jobs.live import live_jobs
from tidegate.jobs.plan_start import GroupStart, Start, plan_start
from tidegate.settings import Settings

SUBMITTED = "job_submitted"
TOLD = ("state_not_used", "begins_at_committed_offsets", "metrics_since")
"""What a job says at its start that its user is to hear; each has its text in ``message``."""


@dataclass(frozen=True, slots=True)
class Started:
    """The jobs that run now, those left running too, and why datasets or jobs of the start do not."""

    jobs: list[FlinkJob]
    failures: list[TidegateError]


def start(settings: Settings, what: Start, timeout_s: float = 120) -> Started:
    """Submits jobs by ``flink run`` and waits until all their tasks run.

    One that can't be started, or a dataset of it, stops no other.

    Raises:
        TidegateError: an unknown job, a start that is refused as a whole, or nothing of it could be started.
        TransientError: the tasks of the only job do not run in time.
    """
    for name in what.jobs:
        if name not in NAMES:
            raise TidegateError(f"there is no job {name!r}.", remedy=f"Known: {', '.join(sorted(NAMES))}.")
    planned = plan_start(settings, what, live_jobs(settings))
    taken, failures = start_groups(settings, planned.starts, what)
    failures = [*planned.failures, *failures]
    jobs = []
    for name in (*planned.running, *taken):
        try:
            jobs.append(wait_until_running(FlinkClient(settings), name, timeout_s))
        except TidegateError as error:
            failures.append(error)
    if failures and not jobs:
        for failure in failures[:-1]:
            log.failed(failure)
        raise failures[-1]
    return Started(jobs, failures)


def start_groups(
    settings: Settings, starts: Sequence[GroupStart], what: Start
) -> tuple[list[str], list[TidegateError]]:
    """Submits these; the names of those that the cluster has taken, and why others, or datasets of them, are not."""
    if not starts:
        return [], []
    said, error = submitted(settings, "-".join(each.name for each in starts), program(starts, what))
    for each in events(said, *TOLD):
        log.tell(str(each["message"]), str(each["event"]), "warning", dataset=each["dataset"], job=each["job"])
    taken = [str(each["job"]) for each in events(said, SUBMITTED)]
    failures = reported_errors(said)
    return taken, failures or ([error] if error else [])


def program(starts: Sequence[GroupStart], what: Start) -> list[str]:
    """The file to run and its arguments."""
    options = [
        "--recover-from",  # not --from: Flink would take it for its own --fromSavepoint
        what.recover_from,
        *(["--forget-removed"] if what.forget_removed else []),
        *(["--budget-reset"] if what.budget_reset else []),
    ]
    if len(starts) > 1:
        return [str(JOBS_FOLDER / "together.py"), *map(_word, starts), *options]
    (only,) = starts
    group = ["--group", only.group] if only.group else []
    return [str(JOBS_FOLDER / f"{only.job}.py"), *options, *group, *_datasets(only)]


def refuse_if_running(client: FlinkClient, name: str) -> None:
    """Two instances of a job would fence each other's transactions."""
    if running := client.live_job(name):
        raise TidegateError(
            f"the job {name} runs already ({running.state}, id {running.job_id}).",
            remedy=f"Stop it first with `tidegate stop {name}`.",
        )


def wait_until_running(client: FlinkClient, name: str, timeout_s: float) -> FlinkJob:
    """Says once why the job fails and starts again, each cause as it comes."""
    deadline, told = time.monotonic() + timeout_s, ""
    while time.monotonic() < deadline:
        job = client.live_job(name)
        if job is None:
            raise _ended_at_once(client, name)
        if client.running(job.job_id):
            return job
        failure = client.newest_failure(job.job_id)
        if failure and failure.cause != told:
            told = failure.cause
            log.tell(f"{name} fails and starts again: {told}.", "job_fails", "warning", job=name, cause=told)
        time.sleep(0.2)
    if told:
        raise TransientError(
            f"{name} has not run within {timeout_s:.0f} s; it fails and starts again: {told}.",
            remedy=f"It goes on trying. Mend that, or end it with `tidegate stop {name} --no-savepoint`.",
        )
    raise TransientError(
        f"the tasks of {name} do not run after {timeout_s:.0f} s.",
        remedy="`tidegate status` shows free slots; `tidegate logs jobmanager` the reason.",
    )


def is_state_without_operator(said: str) -> bool:
    """Whether Flink says that it has found no operator for a state."""
    return "there is no operator for the state" in said.lower() or "Cannot map checkpoint/savepoint state" in said


def state_without_operator(name: str) -> TidegateError:
    """The same, in our words."""
    return TidegateError(
        f"the job {name} has state that its SQL has no operator for any more.",
        remedy="Bring back what its datasets had when it was stopped; or, where that is gone for good, start it with "
        f"`tidegate run {job_of(name)} --forget-removed`.",
    )


def _word(start: GroupStart) -> str:
    """A start as ``together.py`` reads it: refine.readings=readings."""
    return f"{start.name}={','.join(start.datasets)}"


def _datasets(start: GroupStart) -> Iterator[str]:
    for dataset in start.datasets:
        yield from ("--dataset", dataset)


def _ended_at_once(client: FlinkClient, name: str) -> TidegateError:
    runs = [ended for ended in client.jobs() if ended.name == name]
    failure = client.newest_failure(max(runs, key=lambda job: job.start_time_ms).job_id) if runs else None
    if failure and is_state_without_operator(failure.cause):
        return state_without_operator(name)
    if failure and (ended := ended_of(name, failure.cause)).dataset:
        return ended.told
    return TidegateError(
        f"the job {name} ended at once: {failure.cause if failure else 'no reason given'}.",
        remedy="See `tidegate logs jobmanager`.",
    )
