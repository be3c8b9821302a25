"""The oldest open letter is the first one that the ledger does not call settled."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

import pytest

from tests.contracts import SCHEMAS
from tests.unit.monitor.test_outputs import DEAD_LETTER, LETTER, Registry, framed
from tidegate.clients.kafka_offsets import OffsetReader, Offsets, Place
from tidegate.clients.kafka_single_records import SingleRecords
from tidegate.contracts.load import load_stream
from tidegate.dead_letters.ledger import Entry, State
from tidegate.dead_letters.ledger import Place as LetterPlace
from tidegate.metric_names import IN_FLIGHT_AGE, OLDEST_OPEN
from tidegate.monitor import open_letters
from tidegate.monitor.ledger_view import LedgerFollower, LedgerView
from tidegate.monitor.open_letters import OpenReader
from tidegate.monitor.reading import Since
from tidegate.settings import Settings

CONTRACT = load_stream(SCHEMAS, "clicks").contract
FIRST, SECOND = ("dlq.clicks", 0), ("dlq.clicks", 1)


class Log(OffsetReader):
    """Partitions of dead letters: [start, end) each."""

    def __init__(self, spans: dict[Place, tuple[int, int]]) -> None:
        self.spans = spans

    def places(self, topics: Iterable[str]) -> list[Place]:
        return list(self.spans) if "dlq.clicks" in list(topics) else []

    def starts(self, places: Iterable[Place]) -> Offsets:
        return {place: self.spans[place][0] for place in places}

    def ends(self, places: Iterable[Place]) -> Offsets:
        return {place: self.spans[place][1] for place in places}


class Message:
    def __init__(self, offset: int) -> None:
        self._offset = offset

    def offset(self) -> int:
        return self._offset

    def timestamp(self) -> tuple[int, int]:
        return 1, self._offset * 1000

    def value(self) -> bytes:
        return framed(DEAD_LETTER, {**LETTER, "dead_letter_id": f"{self._offset:032x}"})


class Records(SingleRecords):
    """The letter at offset n was written at second n; at every third offset lies a transaction's marker."""

    def __init__(self) -> None:
        self.asked = 0

    def at(self, wanted: Mapping[Place, int]) -> dict[Place, Any]:
        self.asked += 1
        return {place: Message(at + (at % 3 == 0)) for place, at in wanted.items()}


class Ledger(LedgerFollower):
    def __init__(self) -> None:
        self.view = LedgerView()

    def follow(self) -> LedgerView:
        return self.view

    def set(self, state: State, offset: int, partition: int = 0, at: int | None = None) -> None:
        letter = LetterPlace("dlq.clicks", partition, offset if at is None else at)
        self.view.take(Entry(f"{offset:032x}", "clicks", state, letter, letter, offset * 1000, "me@here"))


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> Ledger:
    monkeypatch.setattr(open_letters, "RegistryClient", lambda _: Registry())
    return Ledger()


def read(reader: OpenReader) -> dict[str, Any]:
    return {sample.metric.name: sample.value for sample in reader.read()}


def oldest(reader: OpenReader) -> Any:
    return read(reader)[OLDEST_OPEN.name]


def made(ledger: Ledger, log: Log, records: Records | None = None) -> OpenReader:
    return OpenReader(Settings(), log, cast(SingleRecords, records or Records()), [CONTRACT], ledger)


def test_settled_letters_are_passed_and_markers_too(ledger: Ledger) -> None:
    reader = made(ledger, Log({FIRST: (1, 10), SECOND: (0, 0)}))
    assert oldest(reader) == Since(1.0)
    for offset in (1, 2, 4):
        ledger.set(State.RESOLVED, offset)
    assert oldest(reader) == Since(5.0)


def test_the_oldest_of_all_partitions_counts(ledger: Ledger) -> None:
    reader = made(ledger, Log({FIRST: (50, 60), SECOND: (20, 30)}))
    assert oldest(reader) == Since(20.0)
    for offset in range(20, 30):
        ledger.set(State.DISCARDED, offset, partition=1)
    assert oldest(reader) == Since(50.0)


def test_no_letter_or_none_that_is_open_is_of_age_0(ledger: Ledger) -> None:
    assert oldest(made(ledger, Log({FIRST: (5, 5)}))) == 0.0
    ledger.set(State.RESOLVED, 4)
    assert oldest(made(ledger, Log({FIRST: (4, 5)}))) == 0.0


def test_a_letter_that_was_written_twice_is_settled_at_both_places(ledger: Ledger) -> None:
    ledger.set(State.RESOLVED, 2, at=1)
    assert oldest(made(ledger, Log({FIRST: (2, 10)}))) == Since(4.0)


def test_nothing_is_fetched_while_the_oldest_stays(ledger: Ledger) -> None:
    records = Records()
    reader = made(ledger, Log({FIRST: (1, 10)}), records)
    oldest(reader)
    oldest(reader)
    assert records.asked == 1


def test_what_retention_removes_is_not_open_any_more(ledger: Ledger) -> None:
    log = Log({FIRST: (1, 10)})
    reader = made(ledger, log)
    assert oldest(reader) == Since(1.0)
    log.spans[FIRST] = (7, 10)
    assert oldest(reader) == Since(7.0)


def test_the_longest_redrive_is_told(ledger: Ledger) -> None:
    reader = made(ledger, Log({FIRST: (1, 10)}))
    assert read(reader)[IN_FLIGHT_AGE.name] == 0.0
    ledger.set(State.IN_FLIGHT, 8)
    ledger.set(State.IN_FLIGHT, 4)
    assert read(reader)[IN_FLIGHT_AGE.name] == Since(4.0)
    assert oldest(reader) == Since(1.0)
