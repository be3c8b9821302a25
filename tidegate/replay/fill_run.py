"""Silver's next topics are filled: by a Flink job, beside the running ones, and compared with what they are made from.

Nothing reads these topics yet. So whatever is in doubt is not mended: the topics are deleted and filled anew.
"""

from collections.abc import Mapping
from dataclasses import asdict, replace

from tidegate.clients.flink import FlinkClient, FlinkJob
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.kafka_topics import delete_groups
from tidegate.clock import now_ms
from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.contracts.naming import Output
from tidegate.errors import TidegateError
from tidegate.jobs.flink_run import JOBS_FOLDER
from tidegate.own_files import write_whole
from tidegate.replay.compare_filled import compare, removed
from tidegate.replay.next_topics import VERSIONED, as_contracted, as_while_filled, make_next, topics_of
from tidegate.replay.range_plan import RangePlan
from tidegate.replay.row_range import Spans
from tidegate.replay.run import FINISHED, begin, require_finished, wait_until_ended, wait_until_gone
from tidegate.replay.store import Places, Status, plan_file, store_status
from tidegate.replay.write_aside import job_of_plan
from tidegate.settings import Settings
from tidegate.sql.replay_silver import FILL, Filling

PROGRAM = "replay_silver.py"
Ends = Mapping[Output, Mapping[int, int]]
"""By output that has a topic per version, the end of each partition of the topic of the version before."""
_ANEW = "`tidegate replay run {}` fills them anew"


def fill(settings: Settings, plan: RangePlan, status: Status, ends: Ends) -> Status:
    """Returns when the next topics hold all that the old ones have before ``ends``, as the replay has made it.

    The first call fills them from the beginning, with the lake's rows of the range in place of the old ones. A later
    one, with ends further on, adds what came since, once; again without records of the range. Killed at any place it is
    called again, with the same ends or others. Where it is not sure that what was begun before was written once, it
    fills all anew. Either way they have been compared when this returns: then ``status.filled_to`` are ``ends``.
    The state of the replay is left to the caller.

    Raises:
        TidegateError: the job failed, or the topics are not what they are to be; the next call fills them anew.
        TransientError: a server does not answer; call it again.
    """
    if status.filled_to == as_text(ends):
        return status
    client = FlinkClient(settings)
    job = fill_job(client, plan, status)
    if job is not None and job.live and not _is_asked(status, ends):
        client.cancel(job.job_id)
        wait_until_gone(client, job.job_id)
    if job is None or not _is_asked(status, ends) or not (job.live or job.state == FINISHED):
        status, job = _begin(settings, client, plan, status, ends)
    elif status.fill_job_id != job.job_id:
        status = store_status(settings, plan.plan_id, replace(status, fill_job_id=job.job_id))
    require_finished(
        client,
        wait_until_ended(client, job.job_id),
        "the job that fills silver's next topics",
        remedy=f"Nothing reads them yet. See `tidegate logs taskmanager`; {_ANEW.format(plan.plan_id)}.",
    )
    return _compared(settings, plan, status, ends)


def fill_job(client: FlinkClient, plan: RangePlan, status: Status) -> FlinkJob | None:
    """The job that fills the topics, if one was begun and is known."""
    if status.fill_started_at is None:
        return None
    return job_of_plan(client, plan, replace(status, started_at=status.fill_started_at, job_id=status.fill_job_id))


def ends_now(settings: Settings, stream: Stream, version: int) -> Ends:
    """Where the committed records of a version's topics end now.

    Raises:
        TransientError: Kafka does not answer.
    """
    spans = {output: topic_spans(settings, topic) for output, topic in topics_of(stream, version).items()}
    return {output: {number: end for number, (_, end) in found.items()} for output, found in spans.items()}


def asked_ends(status: Status) -> Ends | None:
    """The ends that the job which was begun last fills up to; None before the first."""
    if status.filling is None:
        return None
    filling = Filling.of_json(status.filling)
    return {output: {number: end for number, (_, end) in filling.of(output).items()} for output in VERSIONED}


def as_text(ends: Ends) -> Places:
    """As a status has them."""
    return {output: {str(number): end for number, end in by_partition.items()} for output, by_partition in ends.items()}


def _is_asked(status: Status, ends: Ends) -> bool:
    return asked_ends(status) == ends


def _begin(
    settings: Settings, client: FlinkClient, plan: RangePlan, status: Status, ends: Ends
) -> tuple[Status, FlinkJob]:
    stream = load_stream(settings.schemas_dir, plan.dataset)
    asked = asked_ends(status)
    is_anew = not status.filled_to or asked is None or status.filled_to != as_text(asked)
    begins: Places = {}
    if is_anew:
        filling = _all_of(settings, stream, plan, ends)
        status = replace(status, filled={}, filled_to={})
    else:
        filling = _since(plan, status, ends)
        begins = as_text(ends_now(settings, stream, filling.version))
    file = plan_file(settings, plan.plan_id).with_name(f"{plan.plan_id}.fill.json")
    write_whole(file, filling.to_json())
    begun = replace(
        status, filling=asdict(filling), fill_from=begins, fill_started_at=now_ms(), fill_job_id=None
    )  # before the topics are there: so whoever cancels knows of them
    status = store_status(settings, plan.plan_id, begun)
    prepare = make_next if is_anew else as_while_filled
    prepare(settings, stream, filling.version)
    job = begin(settings, client, plan.job_name, [str(JOBS_FOLDER / PROGRAM), "--plan", str(file)])
    return store_status(settings, plan.plan_id, replace(status, fill_job_id=job.job_id)), job


def _all_of(settings: Settings, stream: Stream, plan: RangePlan, ends: Ends) -> Filling:
    """From the beginning; of the range what raw still has: retention would take the others at once."""
    version = plan.silver_version
    old = {output: topic_spans(settings, topic) for output, topic in topics_of(stream, version - 1).items()}
    copied = {output: _up_to(spans, ends[output]) for output, spans in old.items()}
    kept = topic_spans(settings, stream.contract.topic.name)
    made = {number: _within(span, kept.get(number, span)) for number, span in plan.rows.spans.items()}
    return Filling(plan.dataset, plan.plan_id, version, copied["silver"], copied["dropped"], plan.rows.spans, made)


def _up_to(spans: Spans, ends: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    """Each partition from where it begins; none of it where that is behind its end."""
    found = {number: ends.get(number, low) for number, (low, _) in spans.items()}
    return {number: (min(low, found[number]), found[number]) for number, (low, _) in spans.items()}


def _within(span: tuple[int, int], kept: tuple[int, int]) -> tuple[int, int]:
    start = max(span[0], kept[0])
    return (start, span[1]) if start < span[1] else (0, 0)


def _since(plan: RangePlan, status: Status, ends: Ends) -> Filling:
    """What came since the topics were filled, of partitions that are new all."""
    spans: dict[str, Spans] = {}
    for output, by_partition in ends.items():
        reached = {int(number): at for number, at in status.filled_to[output].items()}
        spans[output] = {number: (reached.get(number, 0), end) for number, end in by_partition.items()}
    none = dict.fromkeys(plan.rows.spans, (0, 0))
    return Filling(
        plan.dataset, plan.plan_id, plan.silver_version, spans["silver"], spans["dropped"], plan.rows.spans, none
    )


def _compared(settings: Settings, plan: RangePlan, status: Status, ends: Ends) -> Status:
    stream = load_stream(settings.schemas_dir, plan.dataset)
    assert status.filling is not None
    filling = Filling.of_json(status.filling)
    faults = removed(settings, stream, filling)
    if not faults:
        found = compare(settings, stream, plan, filling, status.fill_from)
        faults = found.faults
    if faults:
        # What is called next begins another job, since this one has ended without them.
        store_status(settings, plan.plan_id, replace(status, fill_started_at=now_ms(), fill_job_id=None))
        raise TidegateError(
            f"silver's next topics are not what they are to be: {'; '.join(faults)}.",
            remedy=f"Nothing reads them yet: {_ANEW.format(plan.plan_id)}.",
        )
    as_contracted(settings, stream, filling.version)
    delete_groups(settings, [naming.group(FILL, stream.name)])
    counts = {name: number + status.filled.get(name, 0) for name, number in found.counts().items()}
    return store_status(settings, plan.plan_id, replace(status, filled_to=as_text(ends), filled=counts))
