"""The Flink job of a replay into the lake: started, followed, found again after a crash of whoever started it."""

import re
from collections.abc import Callable
from dataclasses import replace

from tidegate.clients.flink import FlinkClient, FlinkJob
from tidegate.clients.lake import drop_table, lake_errors, open_catalog
from tidegate.clients.lake_branch import drop_branch
from tidegate.clients.lake_rows import open_table
from tidegate.clock import now_ms
from tidegate.jobs.flink_run import JOBS_FOLDER
from tidegate.replay.range_plan import RangePlan
from tidegate.replay.run import FINISHED, begin, require_finished, wait_until_ended
from tidegate.replay.store import PLANNED, WRITING, WRITTEN, Status, plan_file, store_status
from tidegate.settings import Settings

PROGRAM = "replay_lake.py"
RAW_RECORDS, COPIED = "raw_records", "silver_before"
"""The tables whose records are counted: of a range, and of what silver's next topic is filled with."""
_COUNTER = r"Source__.*{0}.*\.numRecordsIn|{0}.*\.numRecordsOut"
"""Of the source, which Kafka's connector names by its table's whole name; out of bronze, of what decodes the bytes."""
Tell = Callable[[int], None]
"""Told how many raw records have been read."""


def write_aside(settings: Settings, plan: RangePlan, status: Status, tell: Tell) -> Status:
    """Returns when all of the range is written to the branch and the side table.

    A job of this plan that runs, or has finished since it was begun, is taken for it; else what an earlier one left is
    taken away and all is written once more.

    Raises:
        TidegateError: the job failed.
    """
    if status.state not in (PLANNED, WRITING):
        return status
    client = FlinkClient(settings)
    job = job_of_plan(client, plan, status)
    if job is None or not (job.live or job.state == FINISHED):
        status, job = _begin(settings, client, plan, status.rate or plan.rate)
    elif status.job_id != job.job_id:
        status = store_status(settings, plan.plan_id, replace(status, state=WRITING, job_id=job.job_id))
    ended = wait_until_ended(client, job.job_id, lambda each: tell(records_read(client, each.job_id)))
    require_finished(
        client,
        ended,
        "the job of the replay",
        remedy=f"Nothing of the table was changed. See `tidegate logs taskmanager`; `tidegate replay run "
        f"{plan.plan_id}` begins to write aside again.",
    )
    return store_status(settings, plan.plan_id, replace(status, state=WRITTEN, written_at=now_ms()))


def job_of_plan(client: FlinkClient, plan: RangePlan, status: Status) -> FlinkJob | None:
    """The newest job of this plan that was started since its last beginning."""
    begun_ms = status.started_at or 0
    jobs = [job for job in client.jobs() if job.name == plan.job_name]
    ours = [job for job in jobs if job.live or job.job_id == status.job_id or job.start_time_ms >= begun_ms]
    return max(ours, key=lambda job: job.start_time_ms, default=None)


def clear_branch(settings: Settings, plan: RangePlan) -> None:
    """Takes the branch away, if there is one; its files go with its snapshots, but for those that are published."""
    table = open_table(settings, plan.table)
    with lake_errors(settings):
        drop_branch(table, plan.aside.branch)


def clear_aside(settings: Settings, plan: RangePlan) -> None:
    """Takes away what was written aside and is not published, if there is something."""
    clear_branch(settings, plan)
    drop_table(settings, open_catalog(settings), plan.aside.table)


def records_read(client: FlinkClient, job_id: str, table: str = RAW_RECORDS) -> int:
    """Records of a table that the job has read so far; Flink renews the number every ten seconds."""
    vertices = [vertex for vertex in client.vertices(job_id) if table in vertex.name]
    counts = [
        client.metric_sums(job_id, vertex.vertex_id, names)
        for vertex in vertices
        if (names := _counters(client.metric_names(job_id, vertex.vertex_id), table))
    ]
    return int(sum(sum(found.values()) for found in counts))


def _counters(names: list[str], table: str) -> list[str]:
    return [name for name in names if re.fullmatch(_COUNTER.format(table), name)]


def _begin(settings: Settings, client: FlinkClient, plan: RangePlan, rate: float | None) -> tuple[Status, FlinkJob]:
    clear_aside(settings, plan)
    status = store_status(settings, plan.plan_id, Status(WRITING, started_at=now_ms(), rate=rate))
    arguments = [str(JOBS_FOLDER / PROGRAM), "--plan", str(plan_file(settings, plan.plan_id))]
    if rate is not None:
        arguments += ["--rate", str(rate)]
    job = begin(settings, client, plan.job_name, arguments)
    return store_status(settings, plan.plan_id, replace(status, job_id=job.job_id)), job
