"""Which letters a plan takes, and why not the others."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from tests.unit.redrive.letters import letter
from tests.unit.redrive.records import CLICKS, click_letter, fixer, written
from tidegate.dead_letters.filter import Found, LetterFilter
from tidegate.dead_letters.ledger import Place, State
from tidegate.errors import TidegateError
from tidegate.redrive import select
from tidegate.redrive.plan import PlannedLetter
from tidegate.redrive.recipe import parse_recipe
from tidegate.redrive.select import Chosen, choose, require_sendable, sort_out
from tidegate.settings import Settings

AT = Place("dlq.clicks", 0, 7)
_CLICK = {"event_time": 0, "session_id": "s", "event_type": "view", "page_url": "/"}


def found(letter_id: str, **fields: Any) -> Found:
    return Found(AT, letter(dead_letter_id=letter_id, **fields))


def sorted_out(
    letters: Iterable[Found], states: Mapping[str, State] | None = None, wanted: State = State.OPEN
) -> tuple[list[PlannedLetter], Mapping[str, int]]:
    chosen = Chosen()
    taken = [planned for planned, _ in sort_out(letters, states or {}, [wanted], fixer(CLICKS, None), chosen)]
    return taken, chosen.refused


def test_a_letter_that_is_taken_is_kept_by_its_places() -> None:
    letters, refused = sorted_out([found("a", attempt=2)])

    assert letters == [PlannedLetter("a", AT, Place("raw.orders", 1, 42), "rule", 2)]
    assert not refused


def test_letters_of_other_states_are_counted_with_their_state() -> None:
    states = {"b": State.RESOLVED, "c": State.PARKED, "d": State.FAILED_AGAIN, "e": State.DISCARDED}

    letters, refused = sorted_out(map(found, "abcde"), states)

    assert [each.dead_letter_id for each in letters] == ["a"]
    assert refused == {
        "it is resolved": 1,
        "it is parked: add --state parked": 1,
        "it is failed_again": 1,
        "it is discarded": 1,
    }


def test_parked_letters_are_taken_where_they_are_asked_for() -> None:
    letters, refused = sorted_out([found("a"), found("b")], {"b": State.PARKED}, State.PARKED)

    assert [each.dead_letter_id for each in letters] == ["b"]
    assert refused == {"it is open": 1}


@pytest.mark.parametrize("state", [State.RESOLVED, State.FAILED_AGAIN, State.DISCARDED, State.IN_FLIGHT, State.EXPIRED])
def test_a_state_that_no_letter_is_sent_from_is_refused(state: State) -> None:
    with pytest.raises(TidegateError, match=f"letters that are {state} are not sent again"):
        require_sendable([State.OPEN, state])


def test_what_can_not_be_sent_is_counted_with_the_reason() -> None:
    _, refused = sorted_out([found("a", source=None), found("b", stage="lake"), found("c", source={"row": 3})])

    assert sum(refused.values()) == 3
    assert [reason.split(":")[0].split(",")[0] for reason in refused] == [
        "it came from a file",
        "its row is in silver",
        "it is one row of a record whose other rows are in silver",
    ]


def test_what_silver_has_already_is_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def one_row(*_: Any) -> dict[int, Place]:
        return {0: Place("raw.clicks", 3, 4711)}

    monkeypatch.setattr(select, "silver_places", one_row)

    chosen = choose_by("fixes: [{do: [{drop: country}]}]", monkeypatch)

    assert chosen.letters == []
    assert list(chosen.refused) == [
        "its identity is in silver already: `tidegate dlq settle` resolves it, the first from raw.clicks/3/4711"
    ]


def click_document(letter_id: str, **fields: Any) -> Found:
    row = {"event_id": letter_id, "event_time": "2026-11-29T08:00:00.000Z"}
    payload = json.dumps(row).encode()
    of = {"source": {"topic": "raw.clicks"}, "stage": "index", "error_code": "DOCUMENT_REJECTED", "failed_at": 1}
    return Found(AT, letter(payload, dead_letter_id=letter_id, **{**of, **fields}))


A_RECORD = Found(AT, click_letter(written({"event_id": "e1", **_CLICK})))


def test_documents_are_planned_where_no_record_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = [click_document("a"), click_document("b", payload_truncated=True), click_document("c")]
    monkeypatch.setattr(select, "silver_places", lambda *_: {})

    alone = choose_by(None, monkeypatch, letters, {"c": State.RESOLVED})
    beside = choose_by(None, monkeypatch, [*letters, A_RECORD], {"c": State.RESOLVED})

    assert [(each.dead_letter_id, each.stage) for each in alone.letters] == [("a", "index")]
    assert alone.causes == {("index", "DOCUMENT_REJECTED"): 1}
    assert alone.refused == {
        "it has only a part of its document: `tidegate replay plan` with --target index makes all of it again": 1,
        "it is resolved": 1,
    }
    assert [each.stage for each in beside.letters] == ["decode"]
    assert beside.refused[select.DOCUMENTS] == 1


def test_a_recipe_for_documents_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select, "silver_places", lambda *_: {})

    with pytest.raises(TidegateError, match="a document goes to OpenSearch as it is"):
        choose_by("fixes: [{do: [{drop: country}]}]", monkeypatch, [click_document("a")])


def choose_by(
    recipe: str | None,
    monkeypatch: pytest.MonkeyPatch,
    letters: Iterable[Found] = (A_RECORD,),
    states: Mapping[str, State] | None = None,
) -> Chosen:
    monkeypatch.setattr(select, "read_states", lambda *_: dict(states or {}))
    monkeypatch.setattr(select, "read_letters", lambda *_: iter(letters))
    monkeypatch.setattr(select, "fixer_of", lambda _, stream, __: fixer(stream, recipe))
    return choose(Settings(), CLICKS, LetterFilter(), parse_recipe(recipe, "r.yaml") if recipe else None)


def test_a_recipe_that_means_none_of_the_letters_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(select, "silver_places", lambda *_: {})

    with pytest.raises(TidegateError, match="the recipe means none of the 1 letters"):
        choose_by("fixes: [{when: {code: NOT_JSON}, do: [{drop: a}]}]", monkeypatch)
    chosen = choose_by("fixes: [{do: [{drop: country}]}]", monkeypatch)
    assert len(chosen.letters) == 1
    assert chosen.causes == {("decode", "SCHEMA_MISMATCH"): 1}
