"""What the ledger of dead letters says of a dataset's raw records, read again when it has grown."""

from collections.abc import Iterable, Iterator

from tidegate.clients.kafka_offsets import Spans, topic_spans
from tidegate.clients.ledger import read_ledger
from tidegate.contracts.audit_topics import LEDGER_TOPIC
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.ledger import Entry, Outcome, Place, State
from tidegate.proof.redrives import Recorded
from tidegate.settings import Settings


class LedgerReader:
    """The newest entries of the letters of one dataset's raw records; ``indexed``: of documents that were redriven."""

    def __init__(self, settings: Settings, dataset: Stream) -> None:
        self._settings = settings
        self._dataset = dataset
        self._read_to: Spans = {}
        self.recorded: list[Recorded] = []
        self.indexed: frozenset[str] = frozenset()

    def extend(self) -> bool:
        """Reads the ledger if it has grown; False if not."""
        spans = topic_spans(self._settings, LEDGER_TOPIC)
        if spans == self._read_to:
            return False
        entries = read_ledger(self._settings, self._dataset.name).values()
        self._read_to = spans
        self.recorded = [*recorded(entries, self._dataset.contract.topic.name)]
        self.indexed = frozenset(each.dead_letter_id for each in entries if each.outcome is Outcome.INDEX)
        return True


def recorded(entries: Iterable[Entry], raw_topic: str) -> Iterator[Recorded]:
    """The entries of letters of raw records; a silver record's letter is about no raw offset."""
    for entry in entries:
        if entry.source.topic == raw_topic:
            yield Recorded(
                entry.dead_letter_id,
                _offset(entry.source),
                _offset(entry.copy) if entry.copy is not None and entry.copy.topic == raw_topic else None,
                entry.state is State.PARKED,
                entry.state is State.DISCARDED,
            )


def _offset(place: Place) -> tuple[int, int]:
    return place.partition, place.offset
