"""What a consumer group keeps in Kafka: an offset for each partition and, committed with it as one, a short text."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from confluent_kafka import Consumer, TopicPartition

from tidegate.clients import connection
from tidegate.clients.kafka_errors import kafka_errors
from tidegate.clients.kafka_offsets import TIMEOUT_S, Place
from tidegate.settings import Settings

State = tuple[int, str | None]
"""The offset, negative if none was committed, and its text."""


def read_state(settings: Settings, group: str, places: Sequence[Place]) -> dict[Place, State]:
    """What the group committed last, by partition.

    Raises:
        TransientError: Kafka does not answer.
    """
    if not places:
        return {}
    with _consumer(settings, group) as consumer:
        found = consumer.committed([TopicPartition(*place) for place in places], timeout=TIMEOUT_S)
    return {(place.topic, place.partition): (place.offset, place.metadata) for place in found}


def write_state(settings: Settings, group: str, states: Mapping[Place, State]) -> None:
    """Commits all of it at once.

    Raises:
        TransientError: Kafka does not answer.
    """
    if not states:
        return
    wanted = [TopicPartition(*place, offset, text or "") for place, (offset, text) in states.items()]
    with _consumer(settings, group) as consumer:
        consumer.commit(offsets=wanted, asynchronous=False)


@contextmanager
def _consumer(settings: Settings, group: str) -> Iterator[Consumer]:
    consumer = Consumer(connection.kafka_reader(settings, group))
    try:
        with kafka_errors(settings):
            yield consumer
    finally:
        consumer.close()
