"""Which letters are settled and which are under way, by the ledger; it is read on from where it was read to."""

from dataclasses import dataclass, field

from tidegate.clients.kafka_offsets import OffsetReader, Offsets
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.clients.ledger import LedgerCodec
from tidegate.contracts.audit_topics import LEDGER_TOPIC
from tidegate.dead_letters.ledger import END_STATES, Entry, State
from tidegate.dead_letters.ledger import Place as LetterPlace
from tidegate.settings import Settings


@dataclass(slots=True)
class LedgerView:
    """``settled``: places of letters with nothing left to do; ``in_flight``: since when (ms), by dataset and letter."""

    settled: set[LetterPlace] = field(default_factory=set)
    settled_ids: set[bytes] = field(default_factory=set)
    in_flight: dict[str, dict[str, int]] = field(default_factory=dict)

    def take(self, entry: Entry) -> None:
        """The newest entry of its letter."""
        flying = self.in_flight.setdefault(entry.dataset, {})
        flying.pop(entry.dead_letter_id, None)
        short = entry.dead_letter_id.encode()
        if entry.state in END_STATES:
            self.settled.add(entry.letter)
            self.settled_ids.add(short)
            return
        self.settled.discard(entry.letter)
        self.settled_ids.discard(short)
        if entry.state is State.IN_FLIGHT:
            flying[entry.dead_letter_id] = entry.changed_at

    def is_settled(self, place: LetterPlace, letter_id: str) -> bool:
        """By its place, or by its id where a job has written the letter twice."""
        return place in self.settled or letter_id.encode() in self.settled_ids

    def forget_before(self, starts: Offsets) -> None:
        """Places that retention has removed."""
        self.settled = {each for each in self.settled if each.offset >= starts.get((each.topic, each.partition), 0)}


class LedgerFollower:
    """Reads what the ledger gained; a ledger that ends before was made anew, and so is the view."""

    def __init__(self, settings: Settings, offsets: OffsetReader) -> None:
        self._settings = settings
        self._offsets = offsets
        self._codec = LedgerCodec(settings)
        self._reached: Offsets = {}
        self.view = LedgerView()

    def follow(self) -> LedgerView:
        """The view as of now; empty before the ledger's first entry.

        Raises:
            TransientError: Kafka or the registry is out of reach.
        """
        places = self._offsets.places([LEDGER_TOPIC])
        starts, ends = self._offsets.starts(places), self._offsets.ends(places)
        if any(self._reached.get(place, 0) > ends.get(place, 0) for place in self._reached):
            self._reached, self.view = {}, LedgerView()
        spans = {
            place[1]: (max(starts[place], self._reached.get(place, 0)), end)
            for place, end in ends.items()
            if max(starts[place], self._reached.get(place, 0)) < end
        }
        if spans:
            for batch in read_batches(Scan(self._settings, LEDGER_TOPIC, spans)):
                for value in batch.values:
                    if (entry := self._codec.decode(value)) is not None:
                        self.view.take(entry)
        self._reached = dict(ends)
        return self.view
