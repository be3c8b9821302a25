"""What is settled and what is under way, by the newest entry of each letter; the following is in ``tests/stack``."""

from tidegate.dead_letters.ledger import Entry, Place, State
from tidegate.monitor.ledger_view import LedgerView


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
