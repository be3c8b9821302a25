"""Counts of a topic's records that survive a restart: kept in Kafka as the metadata of the offset they reach to.

Offset and counts are committed as one, so a monitor that is started again goes on where the last one ended: it forgets
nothing that came meanwhile and counts nothing twice. Two monitors at once keep two true states, one over the other.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from confluent_kafka import Consumer, KafkaException, TopicPartition

from tidegate.clients.kafka_offsets import TIMEOUT_S, Place, away
from tidegate.contracts.naming import MONITOR_GROUP

MAX_METADATA_BYTES = 4000
"""The broker takes 4096 by default. Counts that do not fit are not kept: the next monitor reads that topic anew."""
Reason = tuple[str, ...]
"""Values of the fields by which a topic's records are counted."""


@dataclass(slots=True)
class Tally:
    """The counts of one partition up to the offset ``reached``."""

    reached: int = 0
    counts: Counter[Reason] = field(default_factory=Counter)

    def metadata(self) -> str:
        """The counts as text, for :func:`tally_of`."""
        return json.dumps([[*reason, count] for reason, count in sorted(self.counts.items())], separators=(",", ":"))


def tally_of(reached: int, metadata: str | None) -> Tally:
    """The tally that was kept; an empty one if there is none, or if the text is not of our making."""
    try:
        rows = json.loads(metadata or "")
        return Tally(reached, Counter({tuple(map(str, row[:-1])): int(row[-1]) for row in rows}))
    except (ValueError, TypeError, IndexError):
        return Tally()


def kept(bootstrap_servers: str, places: Sequence[Place]) -> dict[Place, Tally]:
    """The tallies that the last monitor kept.

    Raises:
        TransientError: Kafka does not answer.
    """
    if not places:
        return {}
    with _consumer(bootstrap_servers) as consumer:
        found = consumer.committed([TopicPartition(*place) for place in places], timeout=TIMEOUT_S)
    return {(place.topic, place.partition): tally_of(place.offset, place.metadata) for place in found}


def keep(bootstrap_servers: str, tallies: Mapping[Place, Tally]) -> None:
    """Commits each tally with its offset.

    Raises:
        TransientError: Kafka does not answer.
    """
    texts = {place: tally.metadata() for place, tally in tallies.items()}
    states = [
        TopicPartition(*place, tally.reached, texts[place])
        for place, tally in tallies.items()
        if len(texts[place].encode()) <= MAX_METADATA_BYTES
    ]
    if states:
        with _consumer(bootstrap_servers) as consumer:
            consumer.commit(offsets=states, asynchronous=False)


@contextmanager
def _consumer(bootstrap_servers: str) -> Iterator[Consumer]:
    consumer = Consumer(
        {"bootstrap.servers": bootstrap_servers, "group.id": MONITOR_GROUP, "enable.auto.commit": False, "log_level": 2}
    )
    try:
        yield consumer
    except KafkaException as error:
        raise away(bootstrap_servers, error) from error
    finally:
        consumer.close()
