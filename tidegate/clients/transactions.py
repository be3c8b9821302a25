"""Kafka transactions: records of several topics that are there together, or not at all, and where they lie."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from tidegate.clients import connection
from tidegate.clients.kafka_errors import reason
from tidegate.clients.outage import KAFKA, outage
from tidegate.errors import TidegateError
from tidegate.settings import Settings

TIMEOUT_S = 30.0
TRANSACTION_TIMEOUT_MS = 30_000
"""So long a writer that was killed may hold up the readers of its topics, unless another takes its place before."""
ANY_PARTITION = -1
_FENCED = frozenset({KafkaError._FENCED, KafkaError.INVALID_PRODUCER_EPOCH, KafkaError.PRODUCER_FENCED})
_OPTIONS = {
    "transaction.timeout.ms": TRANSACTION_TIMEOUT_MS,
    "linger.ms": 5,
    "batch.num.messages": 10_000,
    "queue.buffering.max.messages": 200_000,
    "compression.type": "lz4",
    "message.max.bytes": 16 * 1024 * 1024,
}


class Record(NamedTuple):
    """What is written."""

    topic: str
    key: bytes | None
    value: bytes | None
    partition: int = ANY_PARTITION
    headers: list[tuple[str, bytes | None]] | None = None


class FencedError(TidegateError):
    """Another writer has taken this one's place; nothing of the open transaction was written."""


class TransactionalWriter:
    """The only writer with its ``name``, from when it is made: an older one's open transaction is rolled back.

    Every method raises :class:`FencedError` once another has been made, and :class:`TransientError` if Kafka does not
    answer: then whether a transaction was committed is what its topics say.
    """

    def __init__(self, settings: Settings, name: str) -> None:
        self._settings = settings
        self._name = name
        self._failures: list[str] = []
        self._producer = Producer(connection.kafka(settings) | _OPTIONS | {"transactional.id": name})
        self._call(partial(self._producer.init_transactions, TIMEOUT_S))

    def begin(self) -> None:
        """Begins a transaction."""
        self._failures.clear()
        self._call(self._producer.begin_transaction)

    def write_placed(self, records: Iterable[Record]) -> Callable[[], list[tuple[int, int]]]:
        """Hands the records over; what it returns waits for them, and tells partition and offset of each."""
        places: list[tuple[int, int]] = []

        def delivered(number: int, error: KafkaError | None, message: Message) -> None:
            if error is not None:
                self._failures.append(error.str())
            else:
                places[number] = message.partition() or 0, message.offset() or 0

        def hand_over() -> None:
            for number, record in enumerate(records):
                places.append((-1, -1))
                self._produce(record, partial(delivered, number))

        self._call(hand_over)
        return lambda: self._flushed(places)

    def write(self, records: Iterable[Record]) -> None:
        """Hands the records over; of one that the broker does not take, :meth:`commit` fails."""

        def hand_over() -> None:
            for record in records:
                self._produce(record)

        self._call(hand_over)

    def flush(self) -> None:
        """Waits until the broker has all."""
        self._flushed([])

    def commit(self) -> None:
        """When this returns, all is there."""
        self._call(partial(self._producer.commit_transaction, TIMEOUT_S))

    def _produce(self, record: Record, on_delivery: Callable[..., None] | None = None) -> None:
        topic, key, value, partition, headers = record
        more = {"headers": headers} if headers else {}
        while True:
            try:
                self._producer.produce(topic, value, key, partition, on_delivery, **more)
                return
            except BufferError:
                self._producer.poll(0.1)

    def _flushed(self, places: list[tuple[int, int]]) -> list[tuple[int, int]]:
        try:
            left = self._producer.flush(TIMEOUT_S)
        except SystemError:  # so ends a fatal error that the client raises amid the callbacks of deliveries
            left = len(self._failures)
        if left or self._failures:
            # Fails with what ended the producer for good, if anything has.
            self._call(partial(self._producer.abort_transaction, TIMEOUT_S))
            reason_given = self._failures[0] if self._failures else f"{left} records were not taken"
            raise outage(KAFKA, self._settings, reason_given)
        return places

    def _call(self, function: Callable[[], Any]) -> None:
        try:
            function()
        except KafkaException as error:
            if error.args[0].code() in _FENCED or error.args[0].fatal():
                raise FencedError(
                    f"another writer has taken the place of {self._name} ({reason(error)}).",
                    remedy="Nothing of what it had begun was written; ask again.",
                ) from error
            raise outage(KAFKA, self._settings, reason(error)) from error
