"""Sends copies and their ledger entries, each batch in one Kafka transaction: both are there, or neither.

A dataset has one transactional id, so the broker itself lets no two redrives of it send: the later fences the earlier.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from tidegate.clients.audit import Action
from tidegate.clients.ledger import LedgerRecords
from tidegate.clients.transactions import FencedError, Record, TransactionalWriter
from tidegate.dead_letters.ledger import Entry, Place
from tidegate.errors import TidegateError
from tidegate.redrive.copies import Copy, sent
from tidegate.settings import Settings

Step = Callable[[str], None]
"""Told of each step before it is done; a test ends the process there."""


class EndedError(TidegateError):
    """Another redrive of the dataset has begun, or somebody cancelled this one."""


def transactional_id(dataset: str) -> str:
    """By which the broker knows the redriver of a dataset, on whatever machine it runs."""
    return f"tidegate-redrive-{dataset}"


class Sender:
    """The redriver of one dataset; from when it is made, no other can send. The ``action`` is told of what it records.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """

    def __init__(
        self, settings: Settings, dataset: str, step: Step = lambda _: None, action: Action | None = None
    ) -> None:
        self._dataset = dataset
        self._step = step
        self._records = LedgerRecords(settings, action)
        step("fence")
        self._writer = TransactionalWriter(settings, transactional_id(dataset))

    @property
    def told(self) -> dict[str, int]:
        """How many entries the audit names, for its record of the action's end; nothing if none."""
        return {"entries": self._records.told} if self._records.told else {}

    def send(self, topic: str, copies: Sequence[Copy]) -> list[Entry]:
        """Sends the copies to the raw topic; when this returns they and their entries are committed.

        Raises:
            EndedError: another one has taken over. Nothing of these copies was sent.
            TransientError: Kafka does not answer: whether they were sent is what the ledger says.
        """
        with self._alone():
            self._step("begin")
            self._writer.begin()
            self._step("copies")
            placed = self._writer.write_placed(
                Record(topic, copy.key, copy.value, copy.partition, copy.headers) for copy in copies
            )
            self._step("flush")
            entries = [sent(copy, Place(topic, *place)) for copy, place in zip(copies, placed(), strict=True)]
            self._commit(entries)
        return entries

    def record(self, entries: Iterable[Entry]) -> None:
        """Writes entries alone, all or none.

        Raises:
            EndedError: another one has taken over.
            TransientError: Kafka does not answer.
        """
        with self._alone():
            self._writer.begin()
            self._commit(entries)

    def _commit(self, entries: Iterable[Entry]) -> None:
        self._step("entries")
        self._writer.write(Record(topic, key, value) for topic, key, value in self._records.of(entries))
        self._writer.flush()
        self._step("commit")
        self._writer.commit()
        self._step("committed")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            yield
        except FencedError as error:
            raise EndedError(
                f"this redrive of {self._dataset} was cancelled, or another one has begun.",
                remedy="`tidegate audit list` says who did. What was sent is in the ledger; run it again to go on.",
            ) from error
