"""What a test does with topics: put records in, read what committed."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from confluent_kafka import Producer

from tests.polling import wait_for
from tidegate.avro.codec import decode
from tidegate.avro.defaults import parse
from tidegate.avro.types import AvroSchema
from tidegate.clients.kafka_offsets import Spans, offsets_at, topic_spans
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.settings import Settings

FOREIGN = b"\x00\x7f\xff\xff\xf0 of a schema that the registry has lost"
"""A value that no job can read; a test that puts it into a topic leaves it there for the others to pass over."""

RECENT_S = 600


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
    return [*_records(settings, topic, schema, topic_spans(settings, topic))]


def wait_for_records(
    settings: Settings, topic: str, schema: AvroSchema, wanted: set[int], timeout_s: float = 60
) -> dict[int, dict[str, Any]]:
    """Records of ``topic`` whose source offset (partition 0) is in ``wanted``, by offset, once all are there.

    Of what was written in the last ten minutes: the topics of a session hold much that others have sent.
    """
    since_ms = int((time.time() - RECENT_S) * 1000)
    read_to: dict[int, int] = {}
    found: dict[int, dict[str, Any]] = {}

    def look() -> dict[int, dict[str, Any]] | None:
        ends = {partition: end for partition, (_, end) in topic_spans(settings, topic).items()}
        starts = ends | offsets_at(settings, topic, since_ms) | read_to
        new = {partition: (starts[partition], end) for partition, end in ends.items()}
        for record in _records(settings, topic, schema, new):
            if (offset := source_offset(record)) in wanted:
                found[offset] = record
        read_to.update(ends)
        return found if len(found) == len(wanted) else None

    return wait_for(f"{len(wanted)} records in {topic}", look, timeout_s)


def _records(settings: Settings, topic: str, schema: AvroSchema, spans: Spans) -> Iterator[dict[str, Any]]:
    parsed = parse(schema)
    for batch in read_batches(Scan(settings, topic, spans)):
        for value in batch.values:
            assert value, f"{topic}: a record without a value"
            if value != FOREIGN:
                yield decode(value, parsed)


def source_offset(record: dict[str, Any]) -> int | None:
    """Offset in partition 0 of the raw topic that a silver row, dead letter or dropped record comes from."""
    source = record.get("source")
    if isinstance(source, dict):
        partition, offset = source["partition"], source["offset"]
    else:
        prefix = "_source_" if "_source_partition" in record else "source_"
        partition, offset = record[f"{prefix}partition"], record[f"{prefix}offset"]
    return int(offset) if partition == 0 else None
