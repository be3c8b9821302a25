"""What became of the letters whose rows a load has read out of repair files: told to the ledger by the load itself.

So whoever loads the file settles its letters, also where the redrive that made it was killed.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from tidegate.clients.audit import Action
from tidegate.clients.file_versions import read_versions
from tidegate.clients.ledger import write_entries
from tidegate.clients.ledger_some import read_entries
from tidegate.clients.letters import read_letters
from tidegate.clock import now_ms
from tidegate.contracts.dataset import Files
from tidegate.contracts.envelope import PLACE
from tidegate.dead_letters.filter import LetterFilter
from tidegate.dead_letters.ledger import Entry, Outcome, Place, State
from tidegate.dlq.index import letter_index
from tidegate.dlq.layout import OFFSET, PARTITION
from tidegate.dlq.turn import letters_turn
from tidegate.files.proof_rows import repeated_places
from tidegate.files.run import Run
from tidegate.files.staged import Judged, read_others
from tidegate.redrive import copies
from tidegate.settings import Settings
from tidegate.sql.replay_lake import CODE, DROPPED, DUPLICATE, REJECTED, VERDICT

At = tuple[int, int]
"""Number of a file, and the byte at which a row begins."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A letter whose row is in a repair file; ``first_failed_at``: when the first row of its chain failed."""

    entry: Entry
    first_failed_at: datetime | None = None


def mended_rows(settings: Settings, dataset: Files, run: Run, judged: Judged) -> Mapping[At, Mended]:
    """The letters that are in flight in the run's repair files, by where their rows lie; none where it has none.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    repairs = {each.number for each in run.files if each.repairs is not None} & {*judged.accepted}
    if not repairs:
        return {}
    entries = in_flight_in(settings, dataset, repairs)
    found = {(each.copy.partition, each.copy.offset): Mended(each) for each in entries if each.copy is not None}
    return {**found, **_failing(settings, dataset, judged, found)}


def in_flight_in(settings: Settings, dataset: Files, numbers: Collection[int]) -> list[Entry]:
    """The entries of letters whose rows are in these repair files, and of which it is not known yet what became.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    with letter_index(settings, [dataset]) as index:
        ids = [name for (name,) in index.rows("select id from letters where state = ?", [State.IN_FLIGHT.value])]
    return [
        each
        for each in read_entries(settings, dataset.name, ids).values()
        if each.state is State.IN_FLIGHT and each.copy is not None and each.copy.partition in numbers
    ]


def _failing(settings: Settings, dataset: Files, judged: Judged, found: Mapping[At, Mended]) -> dict[At, Mended]:
    """Those whose rows are rejected again, with when they failed first."""
    rejected = {*zip(*(judged.rejected[name].to_pylist() for name in PLACE), strict=True)}
    failing = {at: each for at, each in found.items() if at in rejected}
    if not failing:
        return {}
    wanted = LetterFilter(ids=tuple(each.entry.dead_letter_id for each in failing.values()))
    letters = (found.letter for found in read_letters(settings, dataset.name, wanted))
    first_ms = {letter["dead_letter_id"]: letter["first_failed_at"] for letter in letters}
    return {at: Mended(each.entry, _time(first_ms.get(each.entry.dead_letter_id))) for at, each in failing.items()}


def _time(at_ms: int | None) -> datetime | None:
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC)


def settle_mended(settings: Settings, dataset: Files, run: Run, mended: Mapping[At, Mended], action: Action) -> int:
    """Says of each in the ledger what became of its row, which is accounted for; returns how many entries those were.

    Raises:
        TidegateError: a redrive of the dataset or a decision is at work on this machine.
        TransientError: Kafka, the registry or the lake is out of reach.
    """
    if not mended:
        return 0
    numbers = {number for number, _ in mended}
    others = _others(settings, run, numbers)
    uris = {each.number: each.uri for each in read_versions(settings, run.dataset)}
    with letters_turn(settings, dataset.name):
        letters = _letters(settings, dataset, numbers)
        most = dataset.contract.dead_letters.max_attempts
        ends = (_ends(each.entry, others.get(at), letters.get(at), most, uris) for at, each in mended.items())
        return sum(write_entries(settings, action, chain.from_iterable(ends)))


@dataclass(frozen=True, slots=True)
class _Other:
    """The verdict on a row that is not in silver; ``first``: of a duplicate what it repeats."""

    verdict: str
    first: At


@dataclass(frozen=True, slots=True)
class _Letter:
    """One that a row became again, and where it lies."""

    letter: Mapping[str, Any]
    place: Place


def _others(settings: Settings, run: Run, numbers: Collection[int]) -> dict[At, _Other]:
    """Of a row that explodes, that it was rejected counts more than what became of its other items."""
    table = read_others(settings, run, numbers)
    if not table.num_rows:
        return {}
    repeated = repeated_places(table[CODE])
    first = zip(repeated.partition.tolist(), repeated.offset.tolist(), strict=True)
    rows = zip(*(table[name].to_pylist() for name in (*PLACE, VERDICT)), first, strict=True)
    ordered = sorted(rows, key=lambda row: row[2] == REJECTED)
    return {(number, at): _Other(verdict, of) for number, at, verdict, of in ordered}


def _letters(settings: Settings, dataset: Files, numbers: Collection[int]) -> dict[At, _Letter]:
    topic = dataset.contract.dead_letter_topic
    with letter_index(settings, [dataset]) as index:
        rows = index.records(
            f"select id, stage, code, source_topic, source_partition, source_offset, {PARTITION}, {OFFSET} "
            f"from letters where source_partition in ({', '.join(map(str, sorted(numbers)))}) "
            f"order by {PARTITION}, {OFFSET} desc"
        )
    return {(row["source_partition"], row["source_offset"]): _letter(topic, row) for row in rows}


def _letter(topic: str, row: Mapping[str, Any]) -> _Letter:
    source = {"topic": row["source_topic"], "partition": row["source_partition"], "offset": row["source_offset"]}
    said = {"dead_letter_id": row["id"], "stage": row["stage"], "error_code": row["code"], "source": source}
    return _Letter(said, Place(topic, row[PARTITION], row[OFFSET]))


def _ends(
    entry: Entry, other: _Other | None, letter: _Letter | None, most: int, uris: Mapping[int, str]
) -> Iterator[Entry]:
    """A row that has no other verdict is in silver: the account says that each row has one."""
    at_ms = now_ms()
    if other is None:
        yield copies.settled(entry, Outcome.SILVER, entry.copy, at_ms)
    elif other.verdict == DROPPED:
        yield copies.settled(entry, Outcome.DROPPED, entry.copy, at_ms)
    elif other.verdict == DUPLICATE:
        number, offset = other.first
        yield copies.settled(entry, Outcome.DUPLICATE, Place(uris.get(number, ""), number, offset), at_ms)
    elif letter is not None:
        yield copies.failed_again(entry, letter.letter, letter.place, at_ms)
        if entry.attempt + 1 >= most:
            yield copies.parked(entry, letter.letter, letter.place, most, at_ms)
