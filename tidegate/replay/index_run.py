"""A replay into the index: the range's documents are written again from the lake, and those that were not are removed.

Each has an external version: live documents that of their record's arrival, those of a replay one above all that the
range has had. So no replay that began earlier, and nothing that the live job sends again, overwrites them.
"""

from dataclasses import replace

from tidegate.clients.document_versions import Versioned, delete_documents, documents_held, newest_time_ms
from tidegate.clients.flink import FlinkClient, FlinkJob
from tidegate.clients.lake_rows import open_table, rows_held, scan_rows
from tidegate.clients.opensearch import SearchClient
from tidegate.clock import now_ms
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import INGESTED_AT, document_id
from tidegate.contracts.load import load_stream
from tidegate.contracts.naming import events_alias
from tidegate.errors import TidegateError
from tidegate.jobs.flink_run import JOBS_FOLDER
from tidegate.own_files import write_whole
from tidegate.replay.index_plan import refuse_index
from tidegate.replay.range_plan import RangePlan
from tidegate.replay.run import FINISHED, begin, require_finished, wait_until_ended
from tidegate.replay.store import INDEXED, INDEXING, Status, all_plans, load_status, plan_file, store_status
from tidegate.replay.write_aside import job_of_plan
from tidegate.settings import Settings
from tidegate.sql.replay_index import DocumentsAgain

PROGRAM = "replay_index.py"
FARTHEST_MS = 9_000_000_000_000
"""The sink takes no later time for a version: in the year 2255, for which a producer's stamp may be."""


def write_documents(settings: Settings, plan: RangePlan, status: Status) -> Status:
    """Goes on where an earlier run of the plan has ended.

    Raises:
        TidegateError: the job failed, or the index does not take the documents; nothing was removed.
        TransientError: OpenSearch does not answer; run it again.
    """
    if status.state == INDEXED:
        return status
    stream = load_stream(settings.schemas_dir, plan.dataset)
    refuse_index(settings, stream)  # the contract may be another than when it was planned
    if status.state != INDEXING:
        version = version_of(settings, plan)
        status = store_status(settings, plan.plan_id, replace(status, state=INDEXING, version=version))
    _write(settings, plan, status)
    return _without_the_others(settings, stream, plan, load_status(settings, plan.plan_id))


def index_job(client: FlinkClient, plan: RangePlan, status: Status) -> FlinkJob | None:
    """The job that writes its documents, if there is one."""
    if status.index_started_at is None:
        return None
    return job_of_plan(client, plan, replace(status, started_at=status.index_started_at, job_id=status.index_job_id))


def version_of(settings: Settings, plan: RangePlan) -> int:
    """Above those of all documents of the range and of all replays of the dataset before; mostly the time.

    In microseconds since 1970, as the index job's.
    """
    newest_ms = newest_time_ms(settings, events_alias(plan.dataset), plan.rows.documents, INGESTED_AT)
    others = [load_status(settings, each.plan_id).version or 0 for each in all_plans(settings) if _same(each, plan)]
    return max(now_ms() * 1000, min(newest_ms, FARTHEST_MS) * 1000 + 999, *others, 0) + 1


def _same(each: RangePlan, plan: RangePlan) -> bool:
    return each.dataset == plan.dataset


def _write(settings: Settings, plan: RangePlan, status: Status) -> None:
    client = FlinkClient(settings)
    job = index_job(client, plan, status)
    if job is None or not (job.live or job.state == FINISHED):
        job = _begin(settings, client, plan, status)
    require_finished(
        client,
        wait_until_ended(client, job.job_id),
        "the job that writes the documents",
        remedy=f"See `tidegate logs taskmanager`; `tidegate replay run {plan.plan_id}` writes them once more.",
    )


def _begin(settings: Settings, client: FlinkClient, plan: RangePlan, status: Status) -> FlinkJob:
    assert status.version is not None
    file = plan_file(settings, plan.plan_id).with_name(f"{plan.plan_id}.index.json")
    asked = DocumentsAgain(plan.dataset, plan.plan_id, plan.rows.sql_condition, status.version)
    write_whole(file, asked.to_json())
    status = store_status(settings, plan.plan_id, replace(status, index_started_at=now_ms(), index_job_id=None))
    job = begin(settings, client, plan.job_name, [str(JOBS_FOLDER / PROGRAM), "--plan", str(file)])
    store_status(settings, plan.plan_id, replace(status, index_job_id=job.job_id))
    return job


def _without_the_others(settings: Settings, stream: Stream, plan: RangePlan, status: Status) -> Status:
    """Removes the documents of the range that were not written again: refused now, or with another id or day."""
    assert status.version is not None
    alias = events_alias(plan.dataset)
    SearchClient(settings).refresh(alias)
    written, left = 0, list[Versioned]()
    for each in documents_held(settings, alias, plan.rows.documents):
        if each.version < status.version:
            left.append(each)
        else:
            written += 1
    rows = rows_held(settings, open_table(settings, plan.table), plan.rows.condition).rows
    if left and written < rows:
        _refuse_lost(settings, plan, status, _lost(settings, stream, plan, status, left) if written else rows)
    # Before they go: whoever finds them gone has no other way to know how many they were.
    removed = max(len(left), status.documents.get("removed", 0))
    counts = {"rows": rows, "written": written, "removed": removed}
    status = store_status(settings, plan.plan_id, replace(status, documents=counts))
    delete_documents(settings, left, status.version or 0)
    SearchClient(settings).refresh(alias)
    return store_status(settings, plan.plan_id, replace(status, state=INDEXED))


def _lost(settings: Settings, stream: Stream, plan: RangePlan, status: Status, left: list[Versioned]) -> int:
    """How many rows of the lake have no document but the one that is ``left``: OpenSearch has refused their new one.

    A row whose document was refused before too has none to lose.
    """
    before, identity = {each.document_id for each in left}, stream.contract.row_identity
    table = open_table(settings, plan.table)
    found = (row for batch in scan_rows(settings, table, identity, plan.rows.condition) for row in batch.to_pylist())
    wanted = {each for each in (document_id(row, identity) for row in found) if each in before}
    held = documents_held(settings, events_alias(plan.dataset), plan.rows.documents)
    written = (each.document_id for each in held if each.version >= (status.version or 0))
    return len(wanted.difference(written))


def _refuse_lost(settings: Settings, plan: RangePlan, status: Status, lost: int) -> None:
    """What is run next begins another job, since this one has ended without them."""
    if lost:
        store_status(settings, plan.plan_id, replace(status, index_started_at=now_ms(), index_job_id=None))
        raise TidegateError(
            f"OpenSearch has refused the new documents of {lost:,} rows of the lake, so none of the range was removed.",
            remedy=f"Mend what the dead letters of stage index name (`tidegate dlq list {plan.dataset}`); then "
            f"`tidegate replay run {plan.plan_id}` writes them once more.",
        )
