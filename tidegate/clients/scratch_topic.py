"""A topic for one trial: made, written and taken away again."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from confluent_kafka import Producer

from tidegate.clients import connection
from tidegate.clients.kafka_topics import create_topics, delete_topics
from tidegate.clients.outage import KAFKA, outage
from tidegate.contracts.topics import RAW_MAX_BYTES, TopicPlan
from tidegate.settings import Settings

Record = tuple[bytes | None, bytes | None, list[tuple[str, bytes | None]]]
"""Key, value and headers."""
_RETENTION_MS = 24 * 3_600_000
_WAIT_S = 60.0
_QUEUE = 10_000


@contextmanager
def scratch_topic(settings: Settings, name: str) -> Iterator[None]:
    """Around its use. It has one partition and takes what a raw topic takes; what a crash leaves, retention removes."""
    config = {
        "retention.ms": str(_RETENTION_MS),
        "max.message.bytes": str(RAW_MAX_BYTES),
        "message.timestamp.type": "LogAppendTime",
    }
    create_topics(settings, [TopicPlan(name, 1, config)])
    try:
        yield
    finally:
        delete_topics(settings, [name])


def fill(settings: Settings, topic: str, records: Iterable[Record]) -> int:
    """Writes the records, the n-th at offset n, and returns how many there are.

    Raises:
        TransientError: Kafka does not take them.
    """
    failures: list[str] = []
    options = {
        "enable.idempotence": True,
        "linger.ms": 50,
        "compression.type": "lz4",
        "message.max.bytes": RAW_MAX_BYTES,
        "queue.buffering.max.kbytes": 256 * 1024,
    }
    producer = Producer(connection.kafka(settings) | options)
    count = 0
    for key, value, headers in records:
        producer.produce(
            topic,
            value,
            key=key,
            partition=0,
            headers=headers,
            on_delivery=lambda error, _: failures.append(error.str()) if error else None,
        )
        count += 1
        producer.poll(0)
        if len(producer) >= _QUEUE:
            producer.flush(_WAIT_S)
    if producer.flush(_WAIT_S) or failures:
        raise outage(KAFKA, settings, failures[0] if failures else "the records were not taken")
    return count
