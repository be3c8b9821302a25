"""What a test does with topics: put records in, read what committed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition

from tests.polling import wait_for
from tidegate.avro.codec import decode
from tidegate.avro.types import AvroSchema
from tidegate.settings import Settings

FOREIGN = b"\x00\x7f\xff\xff\xf0 of a schema that the registry has lost"
"""A value that no job can read; a test that puts it into a topic leaves it there for the others to pass over."""


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Where a record landed."""

    partition: int
    offset: int


def send(
    settings: Settings, topic: str, values: Iterable[bytes | None], headers: list[tuple[str, bytes]] | None = None
) -> list[Coordinates]:
    """Sends the values one after the other to partition 0, each with the headers, and returns where each landed."""
    landed: list[Coordinates] = []

    def on_delivery(error: Any, message: Any) -> None:
        assert error is None, error
        landed.append(Coordinates(message.partition(), message.offset()))

    producer = Producer(
        {
            "bootstrap.servers": settings.kafka_bootstrap_servers,
            "enable.idempotence": True,
            "message.max.bytes": 16_000_000,
        }
    )
    for value in values:
        producer.produce(topic, value, partition=0, on_delivery=on_delivery, headers=headers or [])
        producer.poll(0)
    assert producer.flush(30) == 0
    return landed


def read_committed(settings: Settings, topic: str, schema: AvroSchema) -> list[dict[str, Any]]:
    """All records committed to the topic so far, decoded."""
    consumer = Consumer(
        {
            "bootstrap.servers": settings.kafka_bootstrap_servers,
            "group.id": "test-reader",
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            "enable.auto.commit": False,
        }
    )
    try:
        partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
        consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
        ended: set[int] = set()
        records: list[dict[str, Any]] = []
        while len(ended) < len(partitions):
            message = consumer.poll(10)
            assert message is not None, f"{topic}: no answer"
            if message.error():
                ended.add(int(message.partition() or 0))
                continue
            value = message.value()
            assert value is not None
            if value != FOREIGN:
                records.append(decode(value, schema))
        return records
    finally:
        consumer.close()


def wait_for_records(
    settings: Settings, topic: str, schema: AvroSchema, wanted: set[int], timeout_s: float = 60
) -> dict[int, dict[str, Any]]:
    """Records of ``topic`` whose source offset (partition 0) is in ``wanted``, by offset, once all are there."""

    def found() -> dict[int, dict[str, Any]] | None:
        by_offset = {source_offset(record): record for record in read_committed(settings, topic, schema)}
        hits = {offset: by_offset[offset] for offset in wanted if offset in by_offset}
        return hits if len(hits) == len(wanted) else None

    return wait_for(f"{len(wanted)} records in {topic}", found, timeout_s)


def source_offset(record: dict[str, Any]) -> int | None:
    """Offset in partition 0 of the raw topic that a silver row, dead letter or dropped record comes from."""
    source = record.get("source")
    if isinstance(source, dict):
        partition, offset = source["partition"], source["offset"]
    else:
        prefix = "_source_" if "_source_partition" in record else "source_"
        partition, offset = record[f"{prefix}partition"], record[f"{prefix}offset"]
    return int(offset) if partition == 0 else None
