"""When files are due, and which dates are missed."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tidegate.contracts.file_section import Expected
from tidegate.files.expected import MOST_DAYS, due, late, missed

EXPECTED = Expected(days_after=1, at="06:30")


def _november(day: int) -> date:
    return date(2026, 11, day)


def test_files_are_due_so_many_days_behind_their_date() -> None:
    assert due(EXPECTED, _november(28)) == datetime(2026, 11, 29, 6, 30, tzinfo=UTC)
    assert due(Expected(days_after=0, at="23:59"), _november(28)) == datetime(2026, 11, 28, 23, 59, tzinfo=UTC)


@pytest.mark.parametrize("days_after", [0, 1, 31])
def test_a_date_at_the_end_of_the_calendar_is_no_error(days_after: int) -> None:
    """Some systems write it for "for ever"; one file of that name must not keep the others."""
    expected, now = Expected(days_after=days_after), datetime(2026, 11, 29, 12, tzinfo=UTC)

    assert due(expected, date.max) > now
    assert late(expected, {date.max: ["seen"]}, now) == []


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


@pytest.mark.parametrize(
    ("states", "days"),
    [
        ({27: ["loaded"], 28: ["loaded", "quarantined", "superseded"]}, []),
        ({27: ["loaded"], 28: ["loaded", "checked"]}, [28]),
        ({26: ["loading"], 28: ["ignored"]}, [26, 27]),
        ({28: ["loaded"], 29: ["checked"]}, []),  # 29 is not due
    ],
)
def test_a_date_is_late_if_it_is_missed_or_what_came_of_it_is_not_judged(
    states: dict[int, list[str]], days: list[int]
) -> None:
    known = {_november(day): found for day, found in states.items()}
    assert late(EXPECTED, known, datetime(2026, 11, 29, 12, tzinfo=UTC)) == [_november(day) for day in days]


def test_what_was_never_judged_is_not_late_for_ever() -> None:
    now = datetime(2026, 11, 29, 12, tzinfo=UTC)
    day = now.date() - timedelta(days=MOST_DAYS + 1)
    assert day not in late(EXPECTED, {day: ["checked"], now.date(): ["loaded"]}, now)
