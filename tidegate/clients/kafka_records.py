"""Reads Kafka topics as fast as Python can: whole batches, committed records only, up to a fixed end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import compress

import numpy as np
from confluent_kafka import (
    Consumer,
    IsolationLevel,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient, OffsetSpec
from numpy.typing import NDArray

from tidegate.contracts import naming
from tidegate.errors import TidegateError, TransientError

BATCH_RECORDS = 10_000
STALL_S = 30.0
POLL_S = 0.1
NOT_YET = frozenset(
    {KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE, KafkaError.UNKNOWN_TOPIC_OR_PART}
)
Spans = dict[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Scan:
    """What one reader reads: for each partition of ``topic`` the offsets [start, end)."""

    bootstrap_servers: str
    registry_url: str
    topic: str
    spans: Spans = field(default_factory=dict)

    def split(self, parts: int) -> list["Scan"]:
        """The same work in at most ``parts`` scans of distinct partitions."""
        spans = [(partition, span) for partition, span in self.spans.items() if span[0] < span[1]]
        groups = [dict(spans[part::parts]) for part in range(parts)]
        return [Scan(self.bootstrap_servers, self.registry_url, self.topic, group) for group in groups if group]


@dataclass(frozen=True, slots=True)
class Batch:
    """Records of one topic; a record without a value has an empty one."""

    topic: str
    partition: NDArray[np.int32]
    offset: NDArray[np.int64]
    values: list[bytes]

    def place(self, row: int) -> str:
        """Where a record lies: ``topic:partition:offset``."""
        return f"{self.topic}:{self.partition[row]}:{self.offset[row]}"


def topic_spans(bootstrap_servers: str, topic: str) -> Spans:
    """The first and the end offset of each partition, as readers of committed records see them; {} if no topic.

    Raises:
        TransientError: no broker answers.
    """
    admin = AdminClient(_connection(bootstrap_servers))
    with _translated(bootstrap_servers):
        found = admin.list_topics(topic, timeout=STALL_S).topics[topic]
        if found.error is not None:
            return {}
        partitions = [TopicPartition(topic, number) for number in found.partitions]
        low = _offsets(admin, partitions, OffsetSpec.earliest())
        high = _offsets(admin, partitions, OffsetSpec.latest())
    return {partition: (low[partition], high[partition]) for partition in sorted(low)}


def offsets_at(bootstrap_servers: str, topic: str, at_ms: int) -> dict[int, int]:
    """The first offset of each partition whose Kafka timestamp is ``at_ms`` or later; left out if there is none.

    Raises:
        TransientError: no broker answers.
    """
    admin = AdminClient(_connection(bootstrap_servers))
    partitions = [TopicPartition(topic, number) for number in topic_spans(bootstrap_servers, topic)]
    with _translated(bootstrap_servers):
        found = _offsets(admin, partitions, OffsetSpec.for_timestamp(at_ms))
    return {partition: offset for partition, offset in found.items() if offset >= 0}


def read_batches(scan: Scan) -> Iterator[Batch]:
    """All committed records of the scan, in batches; each batch may mix partitions.

    Raises:
        TransientError: the broker stopped answering.
        TidegateError: offsets of the scan were removed by retention while they were read.
    """
    ends = {partition: end for partition, (start, end) in scan.spans.items() if start < end}
    consumer = Consumer(_consumer_settings(scan.bootstrap_servers))
    try:
        consumer.assign([TopicPartition(scan.topic, number, scan.spans[number][0]) for number in ends])
        heard_s = time.monotonic()
        while ends:
            messages = consumer.consume(BATCH_RECORDS, timeout=POLL_S)
            if messages:
                heard_s = time.monotonic()
            elif time.monotonic() - heard_s > STALL_S:
                raise TransientError(
                    f"Kafka sent nothing of {scan.topic} for {STALL_S:.0f} s.", remedy="See `tidegate status`."
                )
            batch, reached = _unpack(scan, messages)
            if batch.values:
                yield batch
            for partition in [number for number, end in ends.items() if reached.get(number, -1) >= end]:
                del ends[partition]
                consumer.incremental_unassign([TopicPartition(scan.topic, partition)])
    finally:
        consumer.close()


def _unpack(scan: Scan, messages: list[Message]) -> tuple[Batch, dict[int, int]]:
    """The records inside the scan, and the next offset of each partition that was heard of.

    Where control records end a partition, no record reaches its end: then the client's end marker does.
    """
    markers = [message for message in messages if message.error() is not None]
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
    return Batch(scan.topic, partition[inside], offset[inside], values), reached


def _ends(spans: Spans) -> NDArray[np.int64]:
    """The end of each partition, by its number."""
    ends = np.zeros(max(spans) + 1, np.int64)
    for number, (_, end) in spans.items():
        ends[number] = end
    return ends


def _offsets(admin: AdminClient, partitions: list[TopicPartition], spec: OffsetSpec) -> dict[int, int]:
    """Asks again while the broker says that it may know later, as for a topic just made."""
    deadline_s = time.monotonic() + STALL_S
    while True:
        futures = admin.list_offsets(
            dict.fromkeys(partitions, spec), isolation_level=IsolationLevel.READ_COMMITTED, request_timeout=STALL_S
        )
        try:
            return {place.partition: future.result().offset for place, future in futures.items()}
        except KafkaException as error:
            if error.args[0].code() not in NOT_YET or time.monotonic() > deadline_s:
                raise
            time.sleep(POLL_S)


def _connection(bootstrap_servers: str) -> dict[str, object]:
    return {"bootstrap.servers": bootstrap_servers, "log_level": 2}


def _consumer_settings(bootstrap_servers: str) -> dict[str, object]:
    """Small fetches and a short queue: batches that compress well unpack to many times their size in memory.

    The client's pause of a second after a full queue would starve a reader with a short one.
    """
    return _connection(bootstrap_servers) | {
        "group.id": naming.PROVE_GROUP,
        "enable.auto.commit": False,
        "enable.auto.offset.store": False,
        "isolation.level": "read_committed",
        "enable.partition.eof": True,
        "auto.offset.reset": "error",
        "fetch.max.bytes": 4 * 1024 * 1024,
        "max.partition.fetch.bytes": 1024 * 1024,
        "queued.max.messages.kbytes": 32 * 1024,
        "queued.min.messages": 50_000,
        "fetch.queue.backoff.ms": 5,
    }


@contextmanager
def _translated(bootstrap_servers: str) -> Iterator[None]:
    try:
        yield
    except KafkaException as error:
        raise TransientError(
            f"Kafka at {bootstrap_servers} doesn't answer: {error.args[0].str()}.",
            remedy="Start it with `tidegate up` or set TIDEGATE_KAFKA_BOOTSTRAP_SERVERS.",
        ) from error
