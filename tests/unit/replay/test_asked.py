"""A range as it is typed: one kind of it, in a form that can't be taken for another."""

import pytest

from tidegate.errors import TidegateError
from tidegate.replay.asked import Asked, parse_ranges, parse_time

KEPT = {0: (100, 1000), 1: (0, 50)}


def test_offsets_are_read_and_partitions_that_are_not_named_have_none() -> None:
    assert parse_ranges("0:100-200", KEPT) == {0: (100, 200), 1: (0, 0)}
    assert parse_ranges("1:0-50,0:300-301", KEPT) == {0: (300, 301), 1: (0, 50)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0:100", "is no range of offsets"),
        ("0:100-200,", "is no range of offsets"),
        ("0:200-200", "has no offset"),
        ("0:100-200,0:300-400", "named twice"),
        ("2:0-1", "and the topic has 2, from 0"),
        ("0:90-200", "offsets 90 to 99 of partition 0 are missing in raw: retention has removed"),
        ("0:100-1001", "ends at 1,000"),
    ],
)
def test_offsets_that_raw_does_not_have_are_refused_with_what_it_has(text: str, said: str) -> None:
    with pytest.raises(TidegateError, match=said) as refused:
        parse_ranges(text, KEPT)
    assert refused.value.remedy


@pytest.mark.parametrize("text", ["yesterday", "2026-11-21T10:00:00", "10:00"])
def test_a_time_needs_its_date_and_zone(text: str) -> None:
    with pytest.raises(TidegateError):
        parse_time(text)


@pytest.mark.parametrize(
    "text",
    [
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-05:00",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+05:00",
        "1969-12-31T23:59:59Z",
        "2255-01-01T00:00:01Z",
    ],
)
def test_a_far_time_is_refused_with_the_farthest_ones(text: str) -> None:
    with pytest.raises(TidegateError, match="too far away") as refused:
        parse_time(text)
    assert refused.value.remedy == "Give a time from 1970-01-01T00:00:00Z to 2255-01-01T00:00:00Z."


def test_the_farthest_times_are_taken() -> None:
    assert parse_time("1970-01-01T00:00:00Z").timestamp() == 0
    assert parse_time("2255-01-01T00:00:00Z").year == 2255


def test_one_kind_of_range_is_given() -> None:
    Asked(offsets="0:1-2").refuse_mixed()
    Asked(arrived_to="2026-11-21T10:00:00Z").refuse_mixed()
    for asked in (Asked(), Asked(offsets="0:1-2", event_from="2026-11-21T10:00:00Z")):
        with pytest.raises(TidegateError, match="needs one range"):
            asked.refuse_mixed()


def test_what_was_typed_can_be_typed_again() -> None:
    assert Asked(event_from="a", event_to="b").text == "--event-from a --event-to b"
