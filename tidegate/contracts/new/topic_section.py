"""The ``topic`` section of a new contract: a topic that registering will make, or one that is there already. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from tidegate.contracts import naming
from tidegate.contracts.model import MAX_HOURS, TopicFormat

_MS_PER_HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """A topic of somebody else as it is; ``settings`` are Kafka's own, by its names; JSON has no ``subject``."""

    name: str
    subject: str
    partitions: int
    settings: Mapping[str, str]
    format: TopicFormat = "avro"


def new_topic(dataset: str, key: str) -> str:
    """The section for a topic that is not there yet; ``key`` as YAML spells it."""
    return f"  name: raw.{dataset}\n  partitions: 4\n  key: {key}\n  retention_hours: 168\n"


def topic_as_it_is(facts: TopicFacts) -> str:
    """The section for a topic of producers of their own: it says what is, so that nothing differs."""
    lines = [
        f"name: {facts.name}",
        *(_json() if facts.format == "json" else _avro(facts)),
        f"partitions: {facts.partitions}",
        f"retention_hours: {_retention_hours(facts.settings)}",
        *(["compacted: true"] if "compact" in facts.settings.get("cleanup.policy", "") else []),
    ]
    return "".join(f"  {line}\n" for line in lines)


def _json() -> list[str]:
    return ["format: json", "unknown_fields: ignore"]


def _avro(facts: TopicFacts) -> list[str]:
    own_name = [f"subject: {facts.subject}"] if facts.subject != naming.subject(facts.name) else []
    return ["registered_by: producers", *own_name]


def _retention_hours(settings: Mapping[str, str]) -> int:
    retention_ms = int(settings.get("retention.ms", 168 * _MS_PER_HOUR))
    return MAX_HOURS if retention_ms < 0 else min(MAX_HOURS, max(1, ceil(retention_ms / _MS_PER_HOUR)))
