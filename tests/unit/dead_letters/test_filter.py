"""A filter means a letter when each of its fields does."""

import pytest

from tests.letters import FAILED_AT, letter
from tidegate.dead_letters.filter import LetterFilter, OffsetRange, key_texts
from tidegate.dead_letters.ledger import State

BROKEN = letter(41, rules=("quantity_is_positive", "known_event_type"), source={"headers": {"producer": b"shop/2.1"}})


def test_one_that_asks_for_nothing_means_every_letter() -> None:
    assert LetterFilter().matches(BROKEN)
    assert LetterFilter().matches(letter(source=None) | {"source": None})
    assert str(LetterFilter()) == ""


@pytest.mark.parametrize(
    ("wanted", "other"),
    [
        (LetterFilter(codes=("TRUNCATED", "RULE_VIOLATED")), LetterFilter(codes=("TRUNCATED",))),
        (LetterFilter(rules=("known_event_type",)), LetterFilter(rules=("price_is_not_negative",))),
        (LetterFilter(stages=("rule",)), LetterFilter(stages=("decode",))),
        (LetterFilter(schema_ids=(7,)), LetterFilter(schema_ids=(8,))),
        (LetterFilter(states=(State.OPEN,)), LetterFilter(states=(State.PARKED,))),
        (LetterFilter(since=FAILED_AT), LetterFilter(since=FAILED_AT + 1)),
        (LetterFilter(until=FAILED_AT + 1), LetterFilter(until=FAILED_AT)),
        (LetterFilter(offsets=(OffsetRange(0, 41, 42),)), LetterFilter(offsets=(OffsetRange(0, 42, 50),))),
        (LetterFilter(offsets=(OffsetRange(0, 0, 99),)), LetterFilter(offsets=(OffsetRange(1, 0, 99),))),
        (LetterFilter(identities=("a", "b")), LetterFilter(identities=("b",))),
        (LetterFilter(keys=("session-1",)), LetterFilter(keys=("session-2",))),
        (LetterFilter(keys=(b"session-1".hex(),)), LetterFilter(keys=("00",))),
        (LetterFilter(ids=(BROKEN["dead_letter_id"],)), LetterFilter(ids=("0" * 32,))),
        (LetterFilter(headers=(("producer", "shop/2.1"),)), LetterFilter(headers=(("producer", "shop"),))),
    ],
    ids=lambda each: str(each).replace(" ", "_"),
)
def test_each_field_means_letters_of_its_values(wanted: LetterFilter, other: LetterFilter) -> None:
    assert wanted.matches(BROKEN, State.OPEN, "a")
    assert not other.matches(BROKEN, State.OPEN, "a")


def test_all_of_its_fields_have_to_mean_it() -> None:
    assert not LetterFilter(codes=("RULE_VIOLATED",), stages=("decode",)).matches(BROKEN)


def test_a_letter_of_no_topic_has_no_offset_key_or_header() -> None:
    lonely = letter() | {"source": None}
    assert not LetterFilter(keys=("session-1",)).matches(lonely)


def test_its_text_is_that_of_the_command_line() -> None:
    wanted = LetterFilter(
        codes=("TRUNCATED",),
        states=(State.OPEN, State.PARKED),
        since=FAILED_AT,
        offsets=(OffsetRange(2, 5, 9),),
        headers=(("producer", "shop app"),),
    )
    assert str(wanted) == (
        "--code TRUNCATED --state open --state parked --offsets 2:5-9 --header 'producer=shop app' "
        "--since 2023-11-14T22:13:20.000Z"
    )


def test_a_key_that_is_no_text_is_asked_for_in_hex() -> None:
    assert key_texts(b"\xff\x00") == ("ff00",)
    assert key_texts(None) == ()
