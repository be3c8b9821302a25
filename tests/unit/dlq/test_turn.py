"""Who changes the states of a dataset's letters does it alone, by what the ledger says then."""

from collections.abc import Iterable

import pytest

from tests.contracts import SCHEMAS
from tests.letters import letter
from tests.unit.dlq.served import Served
from tidegate.clients.audit import Action
from tidegate.contracts.load import load_stream
from tidegate.dead_letters.filter import LetterFilter
from tidegate.dead_letters.ledger import Entry, State
from tidegate.dlq import decide
from tidegate.dlq.choose import choose
from tidegate.dlq.decide import Decision, carry_out
from tidegate.dlq.turn import letters_turn, may_change
from tidegate.errors import TidegateError
from tidegate.settings import Settings

PARK = Decision("clicks", State.PARKED, "a test", LetterFilter(), "anna")


def test_one_of_a_dataset_at_a_time(served: Served) -> None:
    settings = served.settings
    with letters_turn(settings, "clicks"):
        with (
            pytest.raises(TidegateError, match=r"a redrive of clicks or a decision .* is at work.*redrive cancel"),
            letters_turn(settings, "clicks"),
        ):
            pass
        with letters_turn(settings, "orders"):
            pass
    with letters_turn(settings, "clicks"):
        pass


def test_a_decision_waits_for_no_redrive_and_takes_nothing_from_it(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []

    def write(_settings: Settings, _action: Action, entries: Iterable[Entry]) -> list[int]:
        written.extend(entry.dead_letter_id for entry in entries)
        return [len(written)]

    monkeypatch.setattr(decide, "write_entries", write)
    first, second = letter(1), letter(2)
    served.send(first, second)
    with served.index() as index:
        letters = choose(index, load_stream(SCHEMAS, "clicks"), LetterFilter())
    with letters_turn(served.settings, "clicks"), pytest.raises(TidegateError, match="is at work"):
        sum(carry_out(served.settings, PARK, letters))

    served.enter(first, State.IN_FLIGHT)  # by a redrive that has begun and ended since

    assert sum(carry_out(served.settings, PARK, letters)) == 1
    assert written == [second["dead_letter_id"]]


def test_a_letter_of_which_the_ledger_says_nothing_is_open() -> None:
    states = {"a": State.RESOLVED, "b": State.PARKED}

    assert [may_change(states, name, {State.OPEN, State.PARKED}) for name in "abc"] == [False, True, True]
