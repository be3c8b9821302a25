"""Asks Kafka what retention has left of the outputs, before they are read."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field

from tidegate.clients.kafka_offsets import PATIENT_S, OffsetReader
from tidegate.clients.kafka_single_records import SingleRecords
from tidegate.clients.kafka_topics import topic_settings
from tidegate.proof.retention import Edge, Remains, edge_of
from tidegate.settings import Settings

Starts = dict[str, dict[int, int]]


@dataclass(frozen=True, slots=True)
class Retained:
    """What there is to read of the outputs: where each partition begins, and the edges of those that were cut."""

    starts: Starts = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()

    def edge(self, topics: Sequence[str]) -> Edge | None:
        """The latest edge of these topics; None if all of them are whole."""
        mine = [edge for edge in self.edges if edge.topic in topics]
        return max(mine, key=lambda edge: edge.until_ms, default=None)


def read_retained(
    settings: Settings, topics: Sequence[str], now_ms: int, trusted: Container[str], filled: Container[str] = ()
) -> Retained:
    """What retention has left of the outputs; ``trusted``: the topics whose rules are, see ``retention.edge_of``.

    ``filled``: those that were filled from the version before.

    Raises:
        TransientError: Kafka does not answer.
    """
    offsets = OffsetReader(settings, timeout_s=PATIENT_S)
    starts = offsets.starts(offsets.places(topics))
    looked_at = {place: start for place, start in starts.items() if start > 0 or place[0] in filled}
    first = SingleRecords(settings).at(looked_at) if looked_at else {}
    rules = topic_settings(settings, sorted({topic for topic, _ in starts}))
    by_topic: Starts = {topic: {} for topic in topics}
    for (topic, number), start in starts.items():
        by_topic[topic][number] = start
    found = [
        Remains(
            topic,
            by_topic[topic],
            {number: record.timestamp()[1] for (name, number), record in first.items() if name == topic},
            rules.get(topic, {}),
            topic in filled,
        )
        for topic in topics
    ]
    edges = [edge_of(remains, now_ms, trust_rule=remains.topic in trusted) for remains in found]
    return Retained(by_topic, tuple(edge for edge in edges if edge is not None))
