"""The Kafka topics that contracts call for, as a plan; :mod:`tidegate.clients.kafka_topics` carries it out."""

from dataclasses import dataclass, field

from tidegate.contracts.dataset import Dataset, Files, Reference
from tidegate.contracts.model import Contract
from tidegate.contracts.naming import SubjectName, subject

RAW_MAX_BYTES = 16 * 1024 * 1024
DERIVED_MAX_BYTES = 8 * 1024 * 1024
"""A record that jobs write: a raw one's fields, of 1 MiB at most, may be in its key and several times in its value."""
REQUEST_MAX_BYTES = DERIVED_MAX_BYTES - 64 * 1024
"""What a job's producer sends at most: it counts before it compresses, the broker after; random bytes grow by that."""
DEAD_LETTER_RETENTION_HOURS = 30 * 24
FILE_LETTER_PARTITIONS = 4
"""Of the topic of dead letters of a dataset that comes in files."""
_MS_PER_HOUR = 3_600_000
GOLD_CONFIG = {
    "cleanup.policy": "compact",
    "max.message.bytes": str(DERIVED_MAX_BYTES),
    "message.timestamp.type": "LogAppendTime",
}


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """A topic as it should be; ``config`` holds Kafka's own setting names. ``theirs``: its producers made it."""

    name: str
    partitions: int
    config: dict[str, str] = field(default_factory=dict)
    theirs: bool = False


def raw_subject(contract: Contract) -> SubjectName:
    """Where the registry keeps the schemas of raw records."""
    topic = contract.topic
    return SubjectName(topic.subject) if topic.subject else subject(topic.name)


def plan_topics(dataset: Dataset) -> list[TopicPlan]:
    """The topics of a dataset: raw, and for a stream silver, dead letters, dropped, and one per metric.

    Of files there is that of dead letters alone.

    A big record must reach its dead letter, so raw takes more than a contract allows. All topics of a stream
    take the broker's clock (``LogAppendTime``): ``_ingested_at`` is then no producer's claim, and a replayed
    event of 2015 is not deleted at once by a retention that goes by its own time. Reference data keeps the
    producer's time, at which a deletion takes effect, and old versions for ``min_compaction_lag_hours``. A metric's
    topic keeps the newest row of each key.
    """
    contract = dataset.contract
    topic = contract.topic
    theirs = topic.registered_by == "producers"
    if isinstance(dataset, Reference):
        return [TopicPlan(topic.name, topic.partitions, _reference_config(contract), theirs)]
    kept = _stream_config(dead_letter_retention_hours(contract), DERIVED_MAX_BYTES)
    if isinstance(dataset, Files):
        return [TopicPlan(contract.dead_letter_topic, FILE_LETTER_PARTITIONS, kept)]
    derived = _stream_config(topic.retention_hours, DERIVED_MAX_BYTES)
    raw = _stream_config(topic.retention_hours, RAW_MAX_BYTES)
    if topic.compacted:
        raw |= {"cleanup.policy": "compact,delete"}
    return [
        TopicPlan(topic.name, topic.partitions, raw, theirs),
        TopicPlan(contract.silver_topic, topic.partitions, derived),
        TopicPlan(contract.dead_letter_topic, topic.partitions, kept),
        TopicPlan(contract.dropped_topic, topic.partitions, derived),
        *(TopicPlan(metric.topic, topic.partitions, GOLD_CONFIG) for metric in dataset.metrics),
    ]


def dead_letter_retention_hours(contract: Contract) -> int:
    """How long dead letters are kept: never shorter than the events around them."""
    return max(contract.topic.retention_hours, DEAD_LETTER_RETENTION_HOURS)


def _stream_config(retention_hours: int, max_bytes: int) -> dict[str, str]:
    return {
        "cleanup.policy": "delete",
        "retention.ms": str(retention_hours * _MS_PER_HOUR),
        "max.message.bytes": str(max_bytes),
        "message.timestamp.type": "LogAppendTime",
    }


def _reference_config(contract: Contract) -> dict[str, str]:
    lag_ms = str(contract.topic.min_compaction_lag_hours * _MS_PER_HOUR)
    if not contract.topic.compacted:
        return _stream_config(contract.topic.retention_hours, RAW_MAX_BYTES)
    return {
        "cleanup.policy": "compact",
        "min.compaction.lag.ms": lag_ms,
        "max.message.bytes": str(RAW_MAX_BYTES),
        "message.timestamp.type": "CreateTime",
    }
