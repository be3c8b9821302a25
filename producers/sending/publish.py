"""The one publishing loop: hands batches to Kafka on time, and knows what became of every record.

Delivery is counted exactly without a Python call per record: a record that was handed over is either still in the
client's queue, or reported as failed (the only reports that reach Python), or acknowledged by all in-sync replicas.
Sending is idempotent, so a retry inside the client doubles nothing.
"""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from producers.sending.batch import Batch
from tidegate.clients import connection
from tidegate.errors import TidegateError
from tidegate.settings import Settings

FLUSH_TIMEOUT_S = 120.0
"""As long as a broker needs to come back after a crash; what it has not taken by then counts as failed."""
_MAX_OUTSTANDING = 100_000
_POLL_S = 0.05
_CLIENT = {
    "enable.idempotence": True,
    "acks": "all",
    "compression.type": "lz4",  # as fast to send as zstd, faster to read
    "linger.ms": 20,
    "batch.size": 1_000_000,
    "queue.buffering.max.messages": 2 * _MAX_OUTSTANDING,
    "queue.buffering.max.kbytes": 512 * 1024,
    "message.max.bytes": 20 * 1024 * 1024,
    "partitioner": "murmur2_random",  # the Java client's, so that a key meets the same partition
    "delivery.report.only.error": True,
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: ``delivered`` and ``failed`` of ``sent`` records are settled, the rest is on its way."""

    sent: int = 0
    delivered: int = 0
    failed: int = 0
    behind_s: float = 0.0
    max_behind_s: float = 0.0


class Publisher:
    """Sends to one topic and counts. A ``patient`` one waits for a broker that is away as long as the run goes on;
    another one gives a record up after five minutes, and says so.
    """

    def __init__(self, settings: Settings, topic: str, *, patient: bool = False) -> None:
        self._topic = topic
        self._fatal: KafkaError | None = None
        self._failed = 0
        self._sent = 0
        self.first_failure: str | None = None
        patience = {"message.timeout.ms": 0} if patient else {}
        options = connection.kafka(settings) | _CLIENT | patience | {"error_cb": self._on_error}
        self._producer = Producer(options, logger=None)

    @property
    def sent(self) -> int:
        """Records handed over."""
        return self._sent

    @property
    def failed(self) -> int:
        """Records that Kafka did not take."""
        return self._failed

    @property
    def delivered(self) -> int:
        """Records acknowledged by all in-sync replicas."""
        return self._sent - self._failed - len(self._producer)

    def send(self, batch: Batch) -> None:
        """Hands a batch over without waiting for its acknowledgement.

        Raises:
            TidegateError: the client can send no more.
        """
        if self._fatal is not None:
            raise TidegateError(
                f"Kafka ended the idempotent session: {self._fatal.str()}.", remedy="Start the command again."
            )
        produce, on_failure = self._producer.produce, self._on_failure
        for key, value in zip(batch.keys, batch.values, strict=True):
            while True:
                try:
                    produce(self._topic, value, key, on_delivery=on_failure)
                    break
                except BufferError:  # large records fill the queue before _MAX_OUTSTANDING of them do
                    self._producer.poll(_POLL_S)
                except KafkaException as error:  # this record alone, for example one over message.max.bytes
                    self._note_failure(error.args[0])
                    break
            self._sent += 1
        self._producer.poll(0)

    def wait(self, timeout_s: float) -> None:
        """Serves the client for at most ``timeout_s``, rounded up to milliseconds.

        The client rounds down, so that it would not wait at all in the last millisecond, and its caller would spin.
        """
        self._producer.poll(math.ceil(max(0.0, timeout_s) * 1000) / 1000)

    def has_room(self) -> bool:
        """Whether another batch fits; if not, the broker is slower than the source."""
        return len(self._producer) < _MAX_OUTSTANDING

    def close(self, timeout_s: float = FLUSH_TIMEOUT_S) -> None:
        """Waits until every record is settled; those that are not in time count as failed."""
        unsettled = self._producer.flush(timeout_s)
        if unsettled:
            self.first_failure = self.first_failure or f"no acknowledgement within {timeout_s:g} s"
            self._producer.purge()
            self._producer.flush(1)

    def _on_failure(self, error: KafkaError | None, _message: Message) -> None:
        if error is not None:
            self._note_failure(error)

    def _note_failure(self, error: KafkaError) -> None:
        self._failed += 1
        self.first_failure = self.first_failure or error.str()

    def _on_error(self, error: KafkaError) -> None:
        if error.fatal():
            self._fatal = error


def publish(
    batches: Iterable[Batch],
    publisher: Publisher,
    stop: Callable[[], bool],
    on_batch: Callable[[Batch | None, Progress], None],
) -> Progress:
    """Sends each batch when it is due, until the source or ``stop`` ends it, and then waits for what is on its way.

    Returns how the run ended.

    An empty batch says that the source has nothing yet. ``on_batch`` hears of every batch sent and, with None, of every
    wait, so that a stalled broker shows.
    """
    max_behind_s = 0.0

    def report(batch: Batch | None, due_s: float | None) -> Progress:
        nonlocal max_behind_s
        behind_s = 0.0 if due_s is None else max(0.0, time.time() - due_s)
        max_behind_s = max(max_behind_s, behind_s)
        progress = Progress(publisher.sent, publisher.delivered, publisher.failed, behind_s, max_behind_s)
        on_batch(batch, progress)
        return progress

    try:
        for batch in batches:
            while not stop() and batch.due_s is not None and (early_s := batch.due_s - time.time()) > 0:
                publisher.wait(min(_POLL_S, early_s))
                report(None, None)
            while not stop() and not publisher.has_room():
                publisher.wait(_POLL_S)
                report(None, batch.due_s)
            if stop():
                break
            if not batch:
                publisher.wait(_POLL_S)
            publisher.send(batch)
            report(batch, batch.due_s)
    finally:
        publisher.close()
        ended = report(None, None)
    return ended
