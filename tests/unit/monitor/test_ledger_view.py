"""What is settled and what is under way, by the newest entry of each letter; a ledger is read on, not anew."""

from collections.abc import Iterable, Iterator

import numpy as np
import pytest

from tidegate.clients import kafka_offsets
from tidegate.clients.kafka_offsets import OffsetReader, Offsets
from tidegate.clients.kafka_records import Batch, Scan
from tidegate.clients.ledger import LedgerCodec
from tidegate.dead_letters.ledger import Entry, Place, State
from tidegate.monitor import ledger_view
from tidegate.monitor.ledger_view import LedgerFollower, LedgerView
from tidegate.settings import Settings


def entry(state: State, offset: int = 5, changed_at: int = 1_000) -> Entry:
    letter_id = f"{offset:032x}"
    return Entry(letter_id, "clicks", state, place(offset), Place("raw.clicks", 0, 1), changed_at, "me@here")


def place(offset: int) -> Place:
    return Place("dlq.clicks", 0, offset)


def test_a_letter_is_settled_at_its_place_and_wherever_it_was_written_again() -> None:
    view = LedgerView()
    view.take(entry(State.RESOLVED))
    assert view.is_settled(place(5), "")
    assert view.is_settled(place(9), f"{5:032x}")
    assert not view.is_settled(place(9), f"{9:032x}")


def test_what_is_taken_back_is_open_again() -> None:
    view = LedgerView()
    view.take(entry(State.DISCARDED))
    view.take(entry(State.OPEN))
    assert not view.is_settled(place(5), f"{5:032x}")


def test_parked_and_in_flight_letters_are_not_settled() -> None:
    view = LedgerView()
    view.take(entry(State.PARKED, 5))
    view.take(entry(State.IN_FLIGHT, 6, changed_at=7_000))
    assert not view.settled
    assert view.in_flight == {"clicks": {f"{6:032x}": 7_000}}
    view.take(entry(State.RESOLVED, 6))
    assert view.in_flight == {"clicks": {}}


def test_places_that_retention_has_removed_are_forgotten() -> None:
    view = LedgerView()
    view.take(entry(State.RESOLVED, 5))
    view.take(entry(State.RESOLVED, 6))
    view.forget_before({("dlq.clicks", 0): 6})
    assert view.settled == {place(6)}


class Ledger(OffsetReader):
    """Its entries, each the state of a letter whose offset is the entry's own; ``scanned`` are the offsets read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.entries: list[State] = []
        self.scanned: list[int] = []
        monkeypatch.setattr(ledger_view, "read_batches", self.batches)
        monkeypatch.setattr(LedgerCodec, "decode", lambda _, value: entry(*self.told(int(value))))

    def told(self, offset: int) -> tuple[State, int]:
        return self.entries[offset], offset

    def places(self, topics: Iterable[str]) -> list[kafka_offsets.Place]:
        return [(topic, 0) for topic in topics if self.entries]

    def starts(self, places: Iterable[kafka_offsets.Place]) -> Offsets:
        return dict.fromkeys(places, 0)

    def ends(self, places: Iterable[kafka_offsets.Place]) -> Offsets:
        return dict.fromkeys(places, len(self.entries))

    def batches(self, scan: Scan) -> Iterator[Batch]:
        ((start, end),) = scan.spans.values()
        offsets = range(start, end)
        self.scanned += offsets
        values = [str(offset).encode() for offset in offsets]
        yield Batch(scan.topic, np.zeros(len(values), np.int32), np.arange(start, end), values)


def test_only_what_the_ledger_gained_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(monkeypatch)
    follower = LedgerFollower(Settings(), ledger)
    assert follower.follow() == LedgerView()
    ledger.entries += [State.RESOLVED, State.IN_FLIGHT]
    assert follower.follow().settled == {place(0)}
    ledger.entries.append(State.DISCARDED)
    assert follower.follow().settled == {place(0), place(2)}
    follower.follow()
    assert ledger.scanned == [0, 1, 2]


def test_a_ledger_that_was_made_anew_is_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger(monkeypatch)
    follower = LedgerFollower(Settings(), ledger)
    ledger.entries += [State.RESOLVED, State.RESOLVED]
    follower.follow()
    ledger.entries = [State.OPEN]
    assert follower.follow().settled == set()
