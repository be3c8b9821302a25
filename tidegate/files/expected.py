"""When the files of a date should be there, and of which dates they are missed. Pure."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta

from tidegate.contracts.file_section import Expected

MOST_DAYS = 31
"""Of a dataset that gets no files any more, no more dates are missed."""
_NOT_JUDGED = frozenset({"seen", "checked", "loading"})


def due(expected: Expected, day: date) -> datetime:
    """By when the files of a date should be there, UTC. Of a date at the end of the calendar, as 9999-12-31: never."""
    if (date.max - day).days < expected.days_after:
        return datetime.max.replace(tzinfo=UTC)
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


def late(expected: Expected, states: Mapping[date, Collection[str]], now: datetime) -> list[date]:
    """The dates that are missed, and those of the last :data:`MOST_DAYS` whose files came, are due and are not loaded.

    ``states``: of each date that is known, those of its files' newest versions. One in quarantine has been judged.
    """
    since = now.date() - timedelta(days=MOST_DAYS)
    waiting = {
        day
        for day, found in states.items()
        if day >= since and due(expected, day) <= now and not _NOT_JUDGED.isdisjoint(found)
    }
    return sorted({*missed(expected, states.keys(), now), *waiting})
