"""What a replay would do to silver's next topics: whether it can fill them, and out of how much."""

from collections.abc import Iterator

from tidegate.clients.kafka_offsets import topic_spans
from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.errors import TidegateError
from tidegate.replay.asked import Asked
from tidegate.replay.next_topics import next_there, topics_of
from tidegate.replay.range_plan import NextSilver, RangePlan
from tidegate.replay.row_range import Spans
from tidegate.replay.sample import sampled_bytes
from tidegate.replay.sources import raw_has_some
from tidegate.replay.store import CANCELLED, ENDED, all_plans, load_status
from tidegate.replay.targets import LAKE
from tidegate.settings import Settings


def refuse_silver(stream: Stream, asked: Asked) -> None:
    """Raises: TidegateError: a range of event times, of which no offset tells whether a record is of it."""
    if asked.event_from is not None or asked.event_to is not None:
        raise TidegateError(
            f"the next topics of {stream.name} are filled by raw offsets, and a range of event times has none.",
            remedy="Give the range by --arrived-from and --arrived-to, or by --offsets.",
        )


def refuse_what_is_filled(settings: Settings, stream: Stream) -> None:
    """No replay into the lake while the topics of silver's next version are there: it would not be in them.

    Raises:
        TidegateError: they are.
        TransientError: Kafka does not answer.
    """
    version = stream.contract.silver_version + 1
    refuse_another_filler(settings, stream.name, version)
    if there := next_there(settings, stream, version):
        raise TidegateError(
            f"there is a topic {there[0]} already, which no replay of this machine has made.",
            remedy="If nobody fills it, delete it, and its subject with it; then ask again.",
        )


def refuse_another_filler(settings: Settings, dataset: str, version: int, own: str = "") -> None:
    """Raises: TidegateError: a replay fills the topics of the version, or has filled them, and it is not ``own``."""
    for filler in _fillers(settings, dataset, version):
        if (other := filler.plan_id) != own:
            topic = naming.output_topic("silver", dataset, version)
            raise TidegateError(
                f"{topic} is filled already, by the replay {other}: rows of another one would not be in it.",
                remedy=f"`tidegate replay switch {other}` first, or `tidegate replay cancel {other}`.",
            )


def next_silver(settings: Settings, stream: Stream) -> NextSilver:
    """What the next topics would be filled from.

    Raises:
        TidegateError: the contract's own topics are not there.
        TransientError: Kafka does not answer.
    """
    version = stream.contract.silver_version
    records = size = partitions = 0
    for topic in topics_of(stream, version).values():
        spans = topic_spans(settings, topic)
        if not spans:
            raise TidegateError(
                f"there is no topic {topic}, which the next one is filled from.",
                remedy="The contract names the version of silver that the jobs write now, until the replay is filled.",
            )
        partitions = len(spans)
        found = sum(end - start for start, end in spans.values())
        records += found
        size += sampled_bytes(settings, topic, spans)
    return NextSilver(version + 1, partitions, records, size)


def told_of_earlier(settings: Settings, stream: Stream, spans: Spans) -> Iterator[str]:
    """What is to be said of replays into the lake alone whose rows the next topics will not have.

    Raises:
        TransientError: Kafka does not answer.
    """
    earlier = [
        plan.plan_id
        for plan in all_plans(settings)
        for status in [load_status(settings, plan.plan_id)]
        if plan.dataset == stream.name
        and LAKE in plan.targets
        and (plan.silver is None or status.state == CANCELLED)  # whose topics are deleted
        and status.snapshot_id is not None
        and not _covers(spans, plan.rows.spans)
        and raw_has_some(settings, stream, plan.rows.spans)
    ]
    if earlier:
        yield (
            f"The next topics get the old rows of the ranges that {', '.join(earlier)} replayed into the lake alone: "
            "give a range that has these too if they are to be as the lake has them."
        )


def _covers(spans: Spans, others: Spans) -> bool:
    return all(
        number in spans and spans[number][0] <= start and end <= spans[number][1]
        for number, (start, end) in others.items()
        if start < end
    )


def _fillers(settings: Settings, dataset: str, version: int) -> Iterator[RangePlan]:
    for plan in all_plans(settings):
        if plan.dataset == dataset and plan.silver is not None and plan.silver.version == version:
            status = load_status(settings, plan.plan_id)
            if status.filling is not None and status.state not in ENDED:
                yield plan
