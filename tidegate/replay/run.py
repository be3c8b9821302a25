"""Refining again what a plan names, by a bounded Flink job beside the running ones."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tidegate.clients.flink import LIVE, FlinkClient, FlinkJob
from tidegate.errors import TidegateError
from tidegate.job_names import REPLAY
from tidegate.jobs.flink_run import JOBS_FOLDER, submit
from tidegate.replay.plan import Plan
from tidegate.replay.turn import Turn
from tidegate.settings import Settings

POLL_S = 0.2
START_LIMIT_S = 120.0
FINISHED = "FINISHED"


def run_plan(settings: Settings, plan: Plan, turn: Turn) -> Path:
    """Runs the job to its end and returns the file of the plan, which is kept; the plan was made in this ``turn``.

    Raises:
        TidegateError: another replay came between, or this one failed; what it has committed stays.
    """
    client = turn.client
    file = _write(settings, plan)
    turn.still_mine()
    submit(settings, REPLAY, [str(JOBS_FOLDER / f"{REPLAY}.py"), "--plan", str(file)])
    job = wait_until_ended(client, turn.started())
    require_finished(
        client,
        job,
        "the replay",
        remedy="See `tidegate logs taskmanager`; then replay again: only what is still missing is read.",
    )
    return file


def begin(settings: Settings, client: FlinkClient, name: str, arguments: list[str]) -> FlinkJob:
    """Submits a bounded job that is called ``name``, and finds it among others of that name."""
    known = {job.job_id for job in client.jobs()}
    submit(settings, name, arguments)
    return next(job for job in client.jobs() if job.name == name and job.job_id not in known)


def require_finished(client: FlinkClient, job: FlinkJob, what: str, remedy: str) -> None:
    """Makes sure that a job that has ended did all it was to do.

    Raises:
        TidegateError: it failed or was cancelled; says ``what`` has ended, why, and ``remedy``.
    """
    if job.state != FINISHED:
        reasons = client.exceptions(job.job_id)
        raise TidegateError(
            f"{what} ended as {job.state}: {reasons[0] if reasons else 'no reason given'}.", remedy=remedy
        )


def wait_until_gone(client: FlinkClient, job_id: str, timeout_s: float = 60) -> None:
    """Of a job that was cancelled.

    Raises:
        TidegateError: it still lives after ``timeout_s``.
    """
    deadline_s = time.monotonic() + timeout_s
    while any(job.job_id == job_id and job.live for job in client.jobs()):
        if time.monotonic() > deadline_s:
            raise TidegateError(f"the job {job_id} does not end.", remedy="See `tidegate logs jobmanager`.")
        time.sleep(POLL_S)


def _write(settings: Settings, plan: Plan) -> Path:
    folder = settings.home / "replays"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{plan.dataset}-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.json"
    file.write_text(plan.to_json())
    return file


def wait_until_ended(
    client: FlinkClient,
    job_id: str,
    meanwhile: Callable[[FlinkJob], None] = lambda _job: None,
    begun: Callable[[str], bool] | None = None,
) -> FlinkJob:
    """The job, once it has ended: when it has begun, it fails or finishes. ``meanwhile`` is called again and again.

    ``begun``: whether it has; if left out, when all of its tasks run, which those of a batch never do.
    """
    begun = begun or client.running
    deadline_s, has_begun = time.monotonic() + START_LIMIT_S, False
    while True:
        job = next(each for each in client.jobs() if each.job_id == job_id)
        if job.state not in LIVE:
            return job
        meanwhile(job)
        has_begun = has_begun or begun(job.job_id)
        if not has_begun and time.monotonic() > deadline_s:
            client.cancel(job.job_id)
            raise TidegateError(
                f"the job found no room to run in {START_LIMIT_S:.0f} s.",
                remedy="It needs free slots in Flink beside the running jobs: stop one for a while, or add slots.",
            )
        time.sleep(POLL_S)
