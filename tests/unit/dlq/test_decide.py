"""A decision takes letters only out of states that are a person's to change, and is written down."""

from collections.abc import Iterable, Iterator

import pytest

from tests.contracts import SCHEMAS
from tests.letters import letter
from tests.unit.dlq.served import Served
from tidegate.clients.audit import Action, read_actions
from tidegate.contracts.load import load_stream
from tidegate.dead_letters.filter import LetterFilter
from tidegate.dead_letters.ledger import Entry, Place, State
from tidegate.dlq import decide
from tidegate.dlq.choose import Chosen, choose, without_identities
from tidegate.dlq.decide import FROM, Decision, carry_out, takes
from tidegate.settings import Settings


def _decision(state: State) -> Decision:
    return Decision("clicks", state, "a test", LetterFilter(codes=("RULE_VIOLATED",)), "anna")


@pytest.mark.parametrize("state", FROM)
def test_letters_in_other_states_are_left_alone_and_counted(state: State) -> None:
    place = Place("dlq.clicks", 0, 0)
    letters = [Chosen(each.value, each, place, place, 1) for each in State]

    taken, left = takes(_decision(state), letters)

    assert {each.state for each in taken} == FROM[state]
    assert left == {each: 1 for each in State if each not in FROM[state]}
    assert not FROM[state] & {State.IN_FLIGHT, State.RESOLVED, State.FAILED_AGAIN, State.EXPIRED}


def test_what_is_decided_is_told_before_and_after(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Entry] = []

    def write(_settings: Settings, action: Action, entries: Iterable[Entry]) -> Iterator[int]:
        assert (action.action, action.dataset) == ("park", "clicks")
        written.extend(entries)
        yield len(written)

    monkeypatch.setattr(decide, "write_entries", write)
    served.send(letter(1), letter(2))
    with served.index() as index:
        letters = choose(index, load_stream(SCHEMAS, "clicks"), LetterFilter())

    assert sum(carry_out(served.settings, _decision(State.PARKED), letters)) == 2
    assert [(each.state, each.source.offset, each.letter, each.actor, each.reason) for each in written] == [
        (State.PARKED, 1, Place("dlq.clicks", 0, 0), "anna", "a test"),
        (State.PARKED, 2, Place("dlq.clicks", 0, 1), "anna", "a test"),
    ]
    begun, ended = read_actions(served.settings)
    assert (begun.action, begun.actor, begun.detail) == (
        "park",
        "anna",
        "reason: a test; letters: --code RULE_VIOLATED",
    )
    assert ended.counts == {"letters": 2, "entries": 2}


def test_identities_become_ids_and_none_means_no_letter(served: Served) -> None:
    served.send(letter(1))
    streams = [load_stream(SCHEMAS, "clicks")]

    found = without_identities(served.settings, streams, LetterFilter(identities=("nobody",)))

    with served.index() as index:
        assert choose(index, streams[0], found) == []
    assert without_identities(served.settings, streams, LetterFilter()) == LetterFilter()
