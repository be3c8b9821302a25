"""Sends copies and their ledger entries, each batch in one Kafka transaction: both are there, or neither.

A dataset has one transactional id, so the broker itself lets no two redrives of it send: the later fences the earlier.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

from tidegate.clients import connection
from tidegate.clients.kafka_errors import reason
from tidegate.clients.ledger import LedgerCodec
from tidegate.clients.outage import KAFKA, outage
from tidegate.dead_letters.ledger import Entry, Place
from tidegate.errors import TidegateError, TransientError
from tidegate.redrive.copies import Copy, sent
from tidegate.settings import Settings

TIMEOUT_S = 30.0
TRANSACTION_TIMEOUT_MS = 30_000
"""So long a redrive that was killed may hold up the readers of the raw topic, unless another begins before."""
_FENCED = frozenset({KafkaError._FENCED, KafkaError.INVALID_PRODUCER_EPOCH, KafkaError.PRODUCER_FENCED})
_OPTIONS = {
    "transaction.timeout.ms": TRANSACTION_TIMEOUT_MS,
    "enable.idempotence": True,
    "linger.ms": 5,
    "batch.num.messages": 10_000,
    "queue.buffering.max.messages": 200_000,
    "compression.type": "lz4",
    "message.max.bytes": 16 * 1024 * 1024,
}
Step = Callable[[str], None]
"""Told of each step before it is done; a test ends the process there."""


class FencedError(TidegateError):
    """Another redrive of the dataset has begun, or somebody cancelled this one."""


def transactional_id(dataset: str) -> str:
    """By which the broker knows the redriver of a dataset, on whatever machine it runs."""
    return f"tidegate-redrive-{dataset}"


class Sender:
    """The redriver of one dataset; from when it is made, no other can send.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """

    def __init__(self, settings: Settings, dataset: str, step: Step = lambda _: None) -> None:
        self._settings = settings
        self._dataset = dataset
        self._step = step
        self._codec = LedgerCodec(settings)
        own = {"transactional.id": transactional_id(dataset)}
        self._producer = Producer(connection.kafka(settings) | _OPTIONS | own)
        step("fence")
        self._call(self._producer.init_transactions)

    def send(self, topic: str, copies: Sequence[Copy]) -> list[Entry]:
        """Sends the copies to the raw topic; when this returns they and their entries are committed.

        Raises:
            FencedError: another one has taken over. Nothing of these copies was sent.
            TransientError: Kafka does not answer: whether they were sent is what the ledger says.
        """
        places: list[Place | None] = [None] * len(copies)
        failures: list[str] = []

        def delivered(number: int, error: Any, message: Any) -> None:
            if error is not None:
                failures.append(error.str())
            else:
                places[number] = Place(topic, message.partition(), message.offset())

        self._step("begin")
        self._call(self._producer.begin_transaction, None)
        try:
            self._step("copies")
            for number, copy in enumerate(copies):
                self._produce(
                    topic,
                    copy.value,
                    copy.key,
                    copy.partition,
                    headers=copy.headers,
                    on_delivery=partial(delivered, number),
                )
            self._step("flush")
            self._flush(failures)
            entries = [sent(copy, _known(place)) for copy, place in zip(copies, places, strict=True)]
            self._commit(entries, failures)
        except KafkaException as error:
            raise self._translated(error) from error
        return entries

    def record(self, entries: Iterable[Entry]) -> None:
        """Writes entries alone, all or none.

        Raises:
            FencedError: another one has taken over.
            TransientError: Kafka does not answer.
        """
        self._call(self._producer.begin_transaction, None)
        try:
            self._commit(entries, [])
        except KafkaException as error:
            raise self._translated(error) from error

    def _commit(self, entries: Iterable[Entry], failures: list[str]) -> None:
        def delivered(error: Any, _: Any) -> None:
            if error is not None:
                failures.append(error.str())

        self._step("entries")
        for entry in entries:
            topic, key, value = self._codec.encode(entry)
            self._produce(topic, value, key, on_delivery=delivered)
        self._flush(failures)
        self._step("commit")
        self._producer.commit_transaction(TIMEOUT_S)
        self._step("committed")

    def _produce(self, topic: str, value: bytes | None, key: bytes | None, partition: int = -1, **more: Any) -> None:
        while True:
            try:
                self._producer.produce(topic, value, key, partition, **more)
                return
            except BufferError:
                self._producer.poll(0.1)

    def _flush(self, failures: list[str]) -> None:
        try:
            left = self._producer.flush(TIMEOUT_S)
        except SystemError:  # so ends a fatal error that the client raises amid the callbacks of deliveries
            left = len(failures)
        if left or failures:
            fatal = self._fatal()
            if fatal:
                raise KafkaException(fatal)
            raise outage(KAFKA, self._settings, failures[0] if failures else f"{left} records were not taken")

    def _fatal(self) -> KafkaError | None:
        """What ended the producer for good; asked by a call that fails with it."""
        try:
            self._producer.abort_transaction(TIMEOUT_S)
        except KafkaException as error:
            found: KafkaError = error.args[0]
            return found if found.code() in _FENCED or found.fatal() else None
        return None

    def _call(self, function: Callable[..., None], timeout_s: float | None = TIMEOUT_S) -> None:
        try:
            function(*(() if timeout_s is None else (timeout_s,)))
        except KafkaException as error:
            raise self._translated(error) from error

    def _translated(self, error: KafkaException) -> TidegateError:
        if error.args[0].code() in _FENCED or error.args[0].fatal():
            return FencedError(
                f"this redrive of {self._dataset} was cancelled, or another one has begun ({reason(error)}).",
                remedy="`tidegate audit list` says who did. What was sent is in the ledger; run it again to go on.",
            )
        found: TransientError = outage(KAFKA, self._settings, reason(error))
        return found


def _known(place: Place | None) -> Place:
    assert place is not None
    return place
