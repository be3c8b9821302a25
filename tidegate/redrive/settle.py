"""What became of the copies that were sent: read back from what refine wrote, behind where it ended before."""

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from tidegate.avro.leading_fields import Buffer, Layout, layouts, read_by_schema
from tidegate.avro.records import WriterSchemas, decode_record, plain_schemas
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.clients.kafka_records import Batch, Scan, read_batches
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.dataset import Stream
from tidegate.contracts.envelope import DROPPED_PLACE, PLACE
from tidegate.dead_letters.codes import STAGES_BEFORE_SILVER
from tidegate.dead_letters.ledger import Entry, Outcome, Place, State
from tidegate.job_names import REFINE
from tidegate.proof.redrives import by_partition
from tidegate.proof.rows import Offsets
from tidegate.redrive import copies
from tidegate.redrive.held import HeldIdentities
from tidegate.settings import Settings

TIMEOUT_S = 30.0
Starts = Mapping[str, Mapping[int, int]]
"""By topic and partition, the first offset to look at."""
Raw = tuple[int, int]
"""Partition and offset in the raw topic."""


class Failed(NamedTuple):
    """A letter that a copy became, and where it lies."""

    letter: Mapping[str, Any]
    place: Place


@dataclass(frozen=True, slots=True)
class Found:
    """What refine wrote of raw records, as far as it was read: the place in silver or dropped, or the letter."""

    silver: dict[Raw, Place]
    dropped: dict[Raw, Place]
    letters: dict[Raw, Failed]

    def places(self) -> set[Raw]:
        """The raw records of which there is something."""
        return {*self.silver, *self.dropped, *self.letters}


class Outputs:
    """Reads the outputs of refine from ``starts`` on; each look goes on where the last one ended."""

    def __init__(self, settings: Settings, stream: Stream, starts: Starts) -> None:
        self._settings = settings
        self._stream = stream
        self._contract = stream.contract
        self._offsets = OffsetReader(settings, timeout_s=TIMEOUT_S)
        registry = RegistryClient(settings)
        self._schemas = plain_schemas(registry.by_id)
        self._silver = layouts(registry.by_id, PLACE)
        self._dropped = layouts(registry.by_id, DROPPED_PLACE)
        self._read_to = {topic: dict(offsets) for topic, offsets in starts.items()}

    def passed(self) -> dict[int, int]:
        """How far refine has committed its reading, by raw partition."""
        return self._offsets.positions(REFINE, self._contract.dataset).get(self._contract.topic.name, {})

    def lag(self, passed: Mapping[int, int]) -> int:
        """How many raw offsets refine has still to pass."""
        topic = self._contract.topic.name
        ends = self._offsets.written_ends(self._offsets.places([topic]))
        return sum(max(0, end - passed.get(partition, 0)) for (_, partition), end in ends.items())

    def wait_for_open_transactions(self, deadline_s: float) -> bool:
        """Until all that is written now is committed or rolled back; False if it is not by then."""
        places = self._offsets.places(self._topics())
        written = self._offsets.written_ends(places)
        while any(end < written[place] for place, end in self._offsets.ends(places).items()):
            if time.monotonic() > deadline_s:
                return False
            time.sleep(0.1)
        return True

    def look(self, wanted: Collection[Raw]) -> Found:
        """Reads what is new in the outputs; what of it is of the wanted raw records. Costs little if nothing is new."""
        contract, found = self._contract, Found({}, {}, {})
        offsets: dict[int, Offsets] = {}
        for topic, layout, places in (
            (contract.silver_topic, self._silver, found.silver),
            (contract.dropped_topic, self._dropped, found.dropped),
        ):
            for batch in self._new(topic):
                offsets = offsets or by_partition(wanted)
                places.update(_places(batch, layout, offsets))
        for batch in self._new(contract.dead_letter_topic):
            found.letters.update(self._letters(batch, wanted))
        return found

    def same_identity(self, identities: Mapping[Raw, str]) -> dict[Raw, Place]:
        """Of the records with an identity that silver holds: the raw record that brought it. All of silver is read."""
        if not identities:
            return {}
        places = HeldIdentities(self._settings, self._stream).places([*identities.values()])
        return {at: place for at, place in zip(identities, places, strict=True) if place is not None}

    def _topics(self) -> tuple[str, str, str]:
        contract = self._contract
        return contract.silver_topic, contract.dead_letter_topic, contract.dropped_topic

    def _new(self, topic: str) -> Iterator[Batch]:
        places = self._offsets.places([topic])
        starts, ends = self._offsets.starts(places), self._offsets.ends(places)
        read_to = self._read_to.setdefault(topic, {})
        spans = {place[1]: (max(read_to.get(place[1], 0), starts[place]), ends[place]) for place in places}
        if any(start < end for start, end in spans.values()):
            yield from read_batches(Scan(self._settings, topic, spans))
        read_to.update({partition: end for partition, (_, end) in spans.items()})

    def _letters(self, batch: Batch, wanted: Collection[Raw]) -> Iterator[tuple[Raw, Failed]]:
        for row, value in enumerate(batch.values):
            letter = decode_record(value, self._schemas)
            if letter is None or letter.get("stage") not in STAGES_BEFORE_SILVER or not letter.get("source"):
                continue
            at = letter["source"]["partition"], letter["source"]["offset"]
            if at in wanted and letter["source"]["topic"] == self._contract.topic.name:
                yield at, Failed(letter, _place(batch, row))


def ends_now(settings: Settings, stream: Stream) -> dict[str, dict[int, int]]:
    """Where the outputs end: what becomes of a copy that is not sent yet comes behind."""
    contract = stream.contract
    topics = (contract.silver_topic, contract.dead_letter_topic, contract.dropped_topic)
    reader = OffsetReader(settings, timeout_s=TIMEOUT_S)
    found: dict[str, dict[int, int]] = {topic: {} for topic in topics}
    for (topic, partition), end in reader.ends(reader.places(topics)).items():
        found[topic][partition] = end
    return found


def positions_at(settings: Settings, stream: Stream, at_ms: int) -> dict[str, dict[int, int]]:
    """As :func:`ends_now` was at that time, by Kafka's time stamps; never behind it."""
    contract = stream.contract
    topics = (contract.silver_topic, contract.dead_letter_topic, contract.dropped_topic)
    reader = OffsetReader(settings, timeout_s=TIMEOUT_S)
    places = reader.places(topics)
    found: dict[str, dict[int, int]] = {topic: {} for topic in topics}
    for (topic, partition), end in (reader.ends(places) | reader.at(places, at_ms)).items():
        found[topic][partition] = end
    return found


def raw_of(entry: Entry) -> Raw:
    """The place of an entry's copy."""
    assert entry.copy is not None
    return entry.copy.partition, entry.copy.offset


def verdicts(entries: Iterable[Entry], found: Found, max_attempts: int, now_ms: int) -> list[Entry]:
    """The new entries of those letters whose copies were found; a letter that is tried often enough has one, too.

    Of an exploded record some rows may be in silver and others letters: then it failed.
    """
    made: list[Entry] = []
    for entry in entries:
        at = raw_of(entry)
        if at in found.letters:
            letter, place = found.letters[at]
            made.append(copies.failed_again(entry, letter, place, now_ms))
            if entry.attempt + 1 >= max_attempts:
                made.append(copies.parked(entry, letter, place, max_attempts, now_ms))
        elif at in found.silver:
            made.append(copies.settled(entry, Outcome.SILVER, found.silver[at], now_ms))
        elif at in found.dropped:
            made.append(copies.settled(entry, Outcome.DROPPED, found.dropped[at], now_ms))
    return made


def in_flight(ledger: Mapping[str, Entry], plan_id: str) -> list[Entry]:
    """The letters of the plan whose copies have no outcome yet."""
    return [
        entry
        for entry in ledger.values()
        if entry.state == State.IN_FLIGHT and entry.plan_id == plan_id and entry.copy is not None
    ]


def _places(batch: Batch, found: WriterSchemas[Layout], wanted: Mapping[int, Offsets]) -> Iterator[tuple[Raw, Place]]:
    """The records of the batch that name a wanted raw record in their first two fields."""
    for some in read_by_schema(Buffer.of(batch.values), found):
        if some.fields is None:
            continue
        partition, offset = (np.asarray(column) for column in some.fields.columns)
        for number, offsets in wanted.items():
            named = some.fields.readable & (partition == number) & np.isin(offset, offsets)
            for row in np.flatnonzero(named).tolist():
                yield (number, int(offset[row])), _place(batch, int(some.places[row]))


def _place(batch: Batch, row: int) -> Place:
    return Place(batch.topic, int(batch.partition[row]), int(batch.offset[row]))
