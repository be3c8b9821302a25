"""Counts add up, whatever they are counted by."""

import pytest

from tests.contracts import SCHEMAS
from tests.letters import FAILED_AT, letter
from tests.unit.dlq.served import Served
from tidegate.contracts.load import load_stream
from tidegate.dead_letters.filter import LetterFilter
from tidegate.dead_letters.ledger import State
from tidegate.dlq.stats import Asked, Stats, count, group_sql
from tidegate.errors import TidegateError

NOW = FAILED_AT + 60_000


def _counted(served: Served, *by: str, wanted: LetterFilter | None = None) -> Stats:
    with served.index() as index:
        return count(index, [load_stream(SCHEMAS, "clicks")], Asked(by, wanted or LetterFilter(), NOW), {"clicks": 400})


@pytest.fixture
def filled(served: Served) -> Served:
    decode = letter(3, stage="decode", error_code="TRUNCATED", source={"headers": {"producer": b"shop/2"}})
    served.send(letter(1, rules=("a", "b")), letter(2, rules=("a",), failed_at=FAILED_AT - 30_000), decode)
    served.enter(decode, State.DISCARDED, reason="a test")
    return served


def test_the_states_add_up_to_all_letters(filled: Served) -> None:
    stats = _counted(filled, "stage")

    (clicks,) = stats.datasets
    assert set(clicks.states) == {state.value for state in State}
    assert sum(clicks.states.values()) == clicks.letters == stats.letters == 3
    assert (clicks.states["open"], clicks.states["discarded"]) == (2, 1)
    assert (clicks.oldest_open_s, clicks.share, clicks.uncounted) == (90, 3 / 400, 0)
    assert clicks.expires_in_s == 30 * 24 * 3600 - 90


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        (("stage", "code"), [(("rule", "RULE_VIOLATED"), 2, 2), (("decode", "TRUNCATED"), 1, 0)]),
        (("rule",), [(("a",), 2, 2), (("",), 1, 0), (("b",), 1, 1)]),
        (("header:producer",), [((None,), 2, 2), (("shop/2",), 1, 0)]),
        (("hour",), [(("2023-11-14T22:00Z",), 3, 2)]),
        (("state",), [(("open",), 2, 2), (("discarded",), 1, 0)]),
        (("schema", "dataset", "version"), [(("7", "clicks", "1"), 3, 2)]),
    ],
)
def test_letters_are_counted_by_what_is_kept_of_them(
    filled: Served, by: tuple[str, ...], groups: list[tuple[tuple[str | None, ...], int, int]]
) -> None:
    found = [(group.by, group.letters, group.open) for group in _counted(filled, *by).groups]
    assert sorted(found, key=str) == sorted(groups, key=str)


def test_only_letters_that_are_meant_are_in_the_groups(filled: Served) -> None:
    stats = _counted(filled, "code", wanted=LetterFilter(stages=("decode",)))
    assert [(group.by, group.letters) for group in stats.groups] == [(("TRUNCATED",), 1)]
    assert stats.letters == 3


@pytest.mark.parametrize("name", ["colour", "header:", "header:a'b"])
def test_what_can_not_be_counted_by_says_what_can(name: str) -> None:
    with pytest.raises(TidegateError, match="header:<name>"):
        group_sql(name)


def test_it_is_told_to_machines(filled: Served) -> None:
    told = _counted(filled, "code").as_json()
    assert told["letters"] == 3
    assert told["groups"][0] == {"code": "RULE_VIOLATED", "letters": 2, "open": 2, "oldest_open_s": 90}
