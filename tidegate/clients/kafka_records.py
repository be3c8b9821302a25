"""Reads Kafka topics as fast as Python can: whole batches, committed records only, up to a fixed end."""

import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import compress

import numpy as np
from confluent_kafka import Consumer, KafkaError, Message, TopicPartition
from numpy.typing import NDArray

from tidegate.avro.frame import SCHEMA_ID_HEADER
from tidegate.clients import connection
from tidegate.clients.kafka_offsets import Spans
from tidegate.clients.outage import KAFKA, outage, silence
from tidegate.contracts import naming
from tidegate.dead_letters.redriven import OF_HEADER, Headers
from tidegate.errors import TidegateError
from tidegate.settings import Settings

BATCH_RECORDS = 10_000
STALL_S = 30.0
POLL_S = 0.1
_FAST = {
    "enable.auto.offset.store": False,
    "enable.partition.eof": True,
    "auto.offset.reset": "error",
    "fetch.max.bytes": 4 * 1024 * 1024,
    "max.partition.fetch.bytes": 1024 * 1024,
    "queued.max.messages.kbytes": 32 * 1024,
    "queued.min.messages": 50_000,
    "fetch.queue.backoff.ms": 5,
}
"""Small fetches and a short queue: batches that compress well unpack to many times their size in memory.

The client's pause of a second after a full queue would starve a reader with a short one.
"""


@dataclass(frozen=True, slots=True)
class Scan:
    """What one reader reads: for each partition of ``topic`` the offsets [start, end).

    ``schema_headers``: also the headers that name a record's schema, and those of redriven records.
    Not ``committed``: also what is not committed yet, or was rolled back.
    """

    settings: Settings
    topic: str
    spans: Spans = field(default_factory=dict)
    schema_headers: bool = False
    committed: bool = True

    def split(self, parts: int) -> list["Scan"]:
        """The same work in at most ``parts`` scans of distinct partitions."""
        spans = [(partition, span) for partition, span in self.spans.items() if span[0] < span[1]]
        groups = [dict(spans[part::parts]) for part in range(parts)]
        return [replace(self, spans=group) for group in groups if group]


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one topic; a record without a value has an empty one, and no header.

    ``schema_headers``: the headers that name a schema, by the row of their record. ``redriven``: all headers of the
    records that have those of a redriven one.
    """

    topic: str
    partition: NDArray[np.int32]
    offset: NDArray[np.int64]
    values: list[bytes]
    schema_headers: Mapping[int, bytes] = field(default_factory=dict)
    redriven: Mapping[int, Headers] = field(default_factory=dict)

    def place(self, row: int) -> str:
        """Where a record lies: ``topic:partition:offset``."""
        return f"{self.topic}:{self.partition[row]}:{self.offset[row]}"


def read_batches(scan: Scan) -> Generator[Batch, None, None]:
    """All records of the scan, in batches; each batch may mix partitions.

    Raises:
        TransientError: the broker stopped answering.
        TidegateError: offsets of the scan were removed by retention while they were read.
    """
    ends = {partition: end for partition, (start, end) in scan.spans.items() if start < end}
    isolation = {} if scan.committed else {"isolation.level": "read_uncommitted"}
    consumer = Consumer(connection.kafka_reader(scan.settings, naming.PROVE_GROUP) | _FAST | isolation)
    try:
        consumer.assign([TopicPartition(scan.topic, number, scan.spans[number][0]) for number in ends])
        heard = _heard(consumer, scan.settings, scan.topic, BATCH_RECORDS)
        while ends:
            batch, reached = _unpack(scan, next(heard))
            if batch.values:
                yield batch
            for partition in [number for number, end in ends.items() if reached.get(number, -1) >= end]:
                del ends[partition]
                consumer.incremental_unassign([TopicPartition(scan.topic, partition)])
    finally:
        consumer.close()


def read_messages(settings: Settings, group: str, topic: str, partitions: Iterable[int]) -> Iterator[Message]:
    """All committed records of the partitions, one by one, up to where each ends once it is reached.

    Raises:
        TransientError: the broker stopped answering.
    """
    pending = set(partitions)
    consumer = Consumer(connection.kafka_reader(settings, group) | {"enable.partition.eof": True})
    try:
        consumer.assign([TopicPartition(topic, number, 0) for number in pending])
        heard = _heard(consumer, settings, topic, BATCH_RECORDS // 2)
        while pending:
            for message in next(heard):
                error = message.error()
                if error is None:
                    yield message
                elif error.code() == KafkaError._PARTITION_EOF:
                    pending.discard(message.partition() or 0)
                else:
                    raise outage(KAFKA, settings, error.str())
    finally:
        consumer.close()


def _heard(consumer: Consumer, settings: Settings, topic: str, records: int) -> Iterator[list[Message]]:
    """What the consumer gets, at most ``records`` at once, often nothing; given up after a long silence."""
    heard_s = time.monotonic()
    while True:
        messages = consumer.consume(records, timeout=POLL_S)
        if messages:
            heard_s = time.monotonic()
        elif time.monotonic() - heard_s > STALL_S:
            raise silence(KAFKA, settings, topic, STALL_S)
        yield messages


def _unpack(scan: Scan, messages: list[Message]) -> tuple[Batch, dict[int, int]]:
    """The records inside the scan, and the next offset of each partition that was heard of.

    Where control records end a partition, no record reaches its end: then the client's end marker does.
    """
    errors = map(Message.error, messages)
    markers = [message for message, error in zip(messages, errors, strict=True) if error is not None]
    for marker in markers:
        if marker.error().code() != KafkaError._PARTITION_EOF:
            raise TidegateError(
                f"{scan.topic} can't be read: {marker.error().str()}.",
                remedy="If retention removed records meanwhile, run it again; else see `tidegate status`.",
            )
    records = [message for message in messages if message.error() is None] if markers else messages
    partition = np.fromiter(map(Message.partition, records), np.int32, len(records))
    offset = np.fromiter(map(Message.offset, records), np.int64, len(records))
    values = [value or b"" for value in map(Message.value, records)]
    reached = {marker.partition(): marker.offset() for marker in markers}
    for number in np.unique(partition).tolist():
        reached[number] = max(reached.get(number, -1), int(offset[partition == number].max()) + 1)
    inside = offset < _ends(scan.spans)[partition]
    if not inside.all():
        values = list(compress(values, inside.tolist()))
        records = list(compress(records, inside.tolist()))
    headers = _headers(records) if scan.schema_headers else {}
    schemas = {row: header for row in headers if (header := schema_header(records[row])) is not None}
    redriven = {row: found for row, found in headers.items() if any(name == OF_HEADER for name, _ in found)}
    return Batch(scan.topic, partition[inside], offset[inside], values, schemas, redriven), reached


def schema_header(record: Message) -> bytes | None:
    """The last of a record's headers that name its schema; a record without a value needs none."""
    if record.value() is None:
        return None
    named = [value or b"" for name, value in record.headers() or () if name == SCHEMA_ID_HEADER]
    return named[-1] if named else None


def _headers(records: list[Message]) -> dict[int, Headers]:
    """Those of the records that have some."""
    found = enumerate(map(Message.headers, records))
    return {row: headers for row, headers in found if headers}


def _ends(spans: Spans) -> NDArray[np.int64]:
    """The end of each partition, by its number."""
    ends = np.zeros(max(spans) + 1, np.int64)
    for number, (_, end) in spans.items():
        ends[number] = end
    return ends
