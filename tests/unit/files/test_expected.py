"""When files are due, and which dates are missed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tidegate.contracts.file_section import Expected
from tidegate.files.expected import MOST_DAYS, due, missed

EXPECTED = Expected(days_after=1, at="06:30")


def _november(day: int) -> date:
    return date(2026, 11, day)


def test_files_are_due_so_many_days_behind_their_date() -> None:
    assert due(EXPECTED, _november(28)) == datetime(2026, 11, 29, 6, 30, tzinfo=UTC)
    assert due(Expected(days_after=0, at="23:59"), _november(28)) == datetime(2026, 11, 28, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("known", "now", "days"),
    [
        ([25, 26, 27, 28], datetime(2026, 11, 29, 12, tzinfo=UTC), []),
        ([25, 28], datetime(2026, 11, 29, 12, tzinfo=UTC), [26, 27]),
        ([25, 26, 27], datetime(2026, 11, 29, 6, 30, tzinfo=UTC), [28]),
        ([25, 26, 27], datetime(2026, 11, 29, 6, 29, tzinfo=UTC), []),
        ([], datetime(2026, 11, 29, 12, tzinfo=UTC), []),
        ([30], datetime(2026, 11, 29, 12, tzinfo=UTC), []),
    ],
)
def test_a_date_is_missed_if_it_is_due_and_nothing_is_known_of_it(
    known: list[int], now: datetime, days: list[int]
) -> None:
    assert missed(EXPECTED, [_november(day) for day in known], now) == [_november(day) for day in days]


def test_a_dataset_that_ended_misses_no_more_than_its_newest_dates() -> None:
    now = datetime(2026, 11, 29, 12, tzinfo=UTC)

    found = missed(EXPECTED, [date(2020, 1, 1)], now)

    assert found == [_november(28) - timedelta(days=days) for days in reversed(range(MOST_DAYS))]
