"""When the files of a date should be there, and of which dates they are missed. Pure."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta

from tidegate.contracts.file_section import Expected

MOST_DAYS = 31
"""Of a dataset that gets no files any more, no more dates are missed."""


def due(expected: Expected, day: date) -> datetime:
    """By when the files of a date should be there, UTC."""
    return datetime.combine(day + timedelta(days=expected.days_after), time.fromisoformat(expected.at), UTC)


def missed(expected: Expected, known: Collection[date], now: datetime) -> list[date]:
    """The dates behind the first known one whose files are due, and of which nothing is known; the newest of them."""
    if not known:
        return []
    day, found = now.date() - timedelta(days=expected.days_after), list[date]()
    while day > min(known) and len(found) < MOST_DAYS:
        if day not in known and due(expected, day) <= now:
            found.append(day)
        day -= timedelta(days=1)
    return found[::-1]
