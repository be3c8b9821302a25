"""A document against its row: what the index job writes for each type is the same, and nothing else is."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from tidegate.proof.documents import differing, is_same

AT = datetime(2026, 11, 21, 10, 15, 30, 123_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("view", "view"),
        (7, 7),
        (True, True),
        ("2026-11-21T10:15:30.123Z", AT),
        ("1969-12-31T23:59:59.999Z", datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)),
        ("2026-11-21", date(2026, 11, 21)),
        ("10:15:30.123", time(10, 15, 30, 123_000)),
        (12.5, Decimal("12.50")),
        (3, Decimal("3.00")),
        (0.1, 0.10000000149011612),
        (0.25, 0.25),
        ("AAE=", b"\x00\x01"),
        ([1, None, 3], [1, None, 3]),
        ({"a": "1"}, {"a": "1", "b": None}),
        ({"a": "1"}, [("a", "1"), ("b", None)]),
        ({}, []),
        ([{"at": "2026-11-21T10:15:30.123Z"}], [{"at": AT}]),
        (None, None),
    ],
)
def test_a_field_is_as_it_was_written(written: Any, value: Any) -> None:
    assert is_same(written, value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("views", "view"),
        ("7", 7),
        (1, True),
        (None, 7),
        (7, None),
        ("2026-11-21T10:15:30.124Z", AT),
        ("yesterday", AT),
        (AT.timestamp(), AT),
        ("2026-11-22", date(2026, 11, 21)),
        (12.51, Decimal("12.50")),
        ("much", Decimal("12.50")),
        (0.2, 0.1),
        ("?", b"\x00\x01"),
        ([1, 3], [1, None, 3]),
        ("ab", ["a", "b"]),
        ({"a": "2"}, [("a", "1")]),
        ({"a": "1"}, ["a"]),
        ([{"at": None}], [{"at": AT}]),
    ],
)
def test_a_field_that_says_something_else_is_not(written: Any, value: Any) -> None:
    assert not is_same(written, value)


ROW = {"id": "e1", "price": Decimal("1.50"), "note": None, "tags": [("a", "1")]}
SOURCE = {"id": "e1", "price": 1.5, "tags": {"a": "1"}}


def test_columns_that_differ_are_named_and_fields_that_silver_does_not_have() -> None:
    assert differing(SOURCE, ROW, [*ROW]) == ()
    assert differing(SOURCE | {"price": 2, "note": "x", "added": 1}, ROW, [*ROW]) == ("price", "note", "added")
    assert differing(SOURCE | {"price": 2}, ROW, ["id"]) == ()


def test_maps_with_entries_kept_aside_are_not_compared() -> None:
    aside = SOURCE | {"tags": {}, "_unindexed": ["tags.a"]}

    assert differing(aside, ROW, [*ROW]) == ()
    assert differing(aside | {"id": "e2"}, ROW, [*ROW]) == ("id",)
