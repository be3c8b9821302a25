"""Names of dated indices are read as they are written."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.contracts.model import Index
from tidegate.search.dated import Dated


def dated(period: str) -> Dated:
    return Dated.of(Index(pattern=f"events-clicks-{{event_time|{period}}}"))


@given(
    st.dates(min_value=date(1000, 1, 1), max_value=date(9998, 12, 31)),
    st.sampled_from(["yyyy.MM.dd", "yyyyMM", "yyyy"]),
)
def test_a_day_lies_in_the_index_of_its_name(day: date, period: str) -> None:
    name = dated(period).name_of(day)
    first, end = dated(period).first_day(name), dated(period).end(name)
    assert first is not None
    assert end is not None
    assert first <= day < end
    assert dated(period).name_of(first) == name != dated(period).name_of(end)


@pytest.mark.parametrize(
    ("period", "name", "end"),
    [
        ("yyyy.MM.dd", "events-clicks-2024.02.28", date(2024, 2, 29)),
        ("yyyy.MM", "events-clicks-2024.12", date(2025, 1, 1)),
        ("yyyy-MM", "events-clicks-2024-11", date(2024, 12, 1)),
        ("yyyy", "events-clicks-2024", date(2025, 1, 1)),
    ],
)
def test_an_index_ends_where_its_period_does(period: str, name: str, end: date) -> None:
    assert dated(period).end(name) == end


@pytest.mark.parametrize(
    "name",
    ["events-clicks-2024.02.30", "events-clicks-2024", "events-clicks-2024.02.28-copy", "events-orders-2024.02.28"],
)
def test_another_index_is_of_no_day(name: str) -> None:
    assert dated("yyyy.MM.dd").first_day(name) is None
    assert dated("yyyy.MM.dd").end(name) is None


def test_the_column_is_that_of_the_pattern() -> None:
    assert dated("yyyy").column == "event_time"
