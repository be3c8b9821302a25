"""The oldest letter that somebody still has to decide on, and redrives that do not come to an end."""

from collections.abc import Iterator, Sequence

from tidegate import metric_names
from tidegate.avro.records import parsed_schemas
from tidegate.clients.kafka_offsets import OffsetReader, Offsets, Place
from tidegate.clients.kafka_single_records import SingleRecords
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.model import Contract
from tidegate.dead_letters.ledger import Place as LetterPlace
from tidegate.monitor.first_letters import Letter, letter_of
from tidegate.monitor.ledger_view import LedgerFollower, LedgerView
from tidegate.monitor.reading import Reader, Sample, Since
from tidegate.settings import Settings

EVERY_S = 30.0
LOOKS = 100
"""So many records are fetched in one reading to get past letters that are settled; the next one goes on."""


class OpenReader(Reader):
    """Goes through each partition of dead letters from its beginning, past those that the ledger calls settled."""

    name = "open dead letters"
    every_s = EVERY_S

    def __init__(
        self,
        settings: Settings,
        offsets: OffsetReader,
        records: SingleRecords,
        contracts: Sequence[Contract],
        follower: LedgerFollower | None = None,
    ) -> None:
        self._offsets = offsets
        self._records = records
        self._contracts = contracts
        self._follower = follower or LedgerFollower(settings, offsets)
        self._schemas = parsed_schemas(RegistryClient(settings).by_id)
        self._first: dict[Place, Letter] = {}
        self._at: Offsets = {}

    def read(self) -> Iterator[Sample]:
        """By dataset: the age of the oldest letter that is not settled, 0 without one; of the oldest one in flight."""
        ledger = self._follower.follow()
        places = self._offsets.places(contract.dead_letter_topic for contract in self._contracts)
        starts, ends = self._offsets.starts(places), self._offsets.ends(places)
        ledger.forget_before(starts)
        self._at = {place: max(self._at.get(place, 0), starts[place]) for place in places}
        self._first = {place: letter for place, letter in self._first.items() if self._stands(place, letter, ledger)}
        self._go_on(ends, ledger)
        for contract in self._contracts:
            mine = [letter for place, letter in self._first.items() if place[0] == contract.dead_letter_topic]
            if any(topic == contract.dead_letter_topic for topic, _ in places):
                age = Since(min(letter.written_s for letter in mine)) if mine else 0.0
                yield Sample(metric_names.OLDEST_OPEN, (contract.dataset,), age)
            flying = ledger.in_flight.get(contract.dataset, {}).values()
            since = Since(min(flying) / 1000) if flying else 0.0
            yield Sample(metric_names.IN_FLIGHT_AGE, (contract.dataset,), since)

    def _stands(self, place: Place, letter: Letter, ledger: LedgerView) -> bool:
        """Whether the letter found before is still there and still unsettled."""
        is_settled = ledger.is_settled(LetterPlace(*place, letter.offset), letter.letter_id)
        return letter.offset >= self._at.get(place, letter.offset + 1) and not is_settled

    def _go_on(self, ends: Offsets, ledger: LedgerView) -> None:
        for _ in range(LOOKS):
            wanted = {}
            for place, at in self._at.items():
                if place not in self._first:
                    self._at[place] = past_settled(place, at, ledger)
                    if self._at[place] < ends[place]:
                        wanted[place] = self._at[place]
            if not wanted:
                return
            found = self._records.at(wanted)
            for place in wanted:
                self._look_at(place, letter_of(found.get(place), self._schemas), ends[place], ledger)

    def _look_at(self, place: Place, letter: Letter | None, end: int, ledger: LedgerView) -> None:
        if letter is None:  # nothing but markers of transactions is left
            self._at[place] = end
        elif ledger.is_settled(LetterPlace(*place, letter.offset), letter.letter_id):
            self._at[place] = letter.offset + 1
        else:
            self._at[place] = letter.offset
            self._first[place] = letter


def past_settled(place: Place, at: int, ledger: LedgerView) -> int:
    """The first offset from there on that the ledger does not call settled."""
    while LetterPlace(*place, at) in ledger.settled:
        at += 1
    return at
