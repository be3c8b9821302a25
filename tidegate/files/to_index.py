"""Which loaded files search is to get, and which it is to lose: by what is noted of their versions. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any, Literal

from tidegate.clients.file_version import FileVersion
from tidegate.contracts.envelope import SOURCE_PARTITION
from tidegate.contracts.model import Index
from tidegate.files.pieces import exactly
from tidegate.search.by_number import with_number
from tidegate.search.dated import Dated
from tidegate.sql.literals import timestamp
from tidegate.sql.number_ranges import among

Column = Literal["indexed", "counted"]
"""Of a version, where it is noted: whether search, or the metrics, have its rows."""
GONE = 0
"""What is noted of a replaced version of which they have nothing any more."""


@dataclass(frozen=True, slots=True)
class Due:
    """The numbers of files whose rows are to become documents, and of those whose documents are to go, ascending."""

    written: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.written or self.gone)


@dataclass(frozen=True, slots=True)
class Searchable:
    """Rows of these files, as far back as the index keeps days: by column, from when on; first that of its name."""

    numbers: tuple[int, ...]
    since: tuple[tuple[str, datetime], ...]

    @property
    def sql_condition(self) -> str:
        """In Flink's SQL."""
        since = (f"`{column}` >= {timestamp(since)}" for column, since in self.since)
        return " AND ".join([among(SOURCE_PARTITION, self.numbers), *since])

    @property
    def condition(self) -> str:
        """As Iceberg's row filter."""
        return f"{exactly(self.numbers)} and {self.in_time}"

    @property
    def in_time(self) -> str:
        """The part of it that is about the time."""
        return " and ".join(f"{column} >= '{since.isoformat()}'" for column, since in self.since)

    @property
    def documents(self) -> dict[str, Any]:
        """OpenSearch's query for their documents."""
        return {"bool": {"filter": [with_number(SOURCE_PARTITION, self.numbers), *self.documents_in_time]}}

    @property
    def documents_in_time(self) -> list[dict[str, Any]]:
        """The part of it that is about the time."""
        return [{"range": {column: {"gte": since.isoformat()}}} for column, since in self.since]

    def left_by(self, column: str, removed_before: date | None) -> "Searchable":
        """Without the rows of days that were removed from silver: of these, documents may be left."""
        if removed_before is None:
            return self
        return replace(self, since=(*self.since, (column, datetime.combine(removed_before, time(), UTC))))


def due(versions: Iterable[FileVersion], column: Column = "indexed") -> Due:
    """By what is noted in a column. ``versions``: the newest states. Who was never loaded has nothing to lose."""
    written, gone = [], []
    for each in versions:
        if each.state == "loaded" and getattr(each, column) is None:
            written.append(each.number)
        elif each.state == "superseded" and each.silver is not None and getattr(each, column) != GONE:
            gone.append(each.number)
    return Due(tuple(sorted(written)), tuple(sorted(gone)))


def noted(newest: Iterable[FileVersion], done: Due, column: Column, value: int, at: datetime) -> Iterator[FileVersion]:
    """The rows that follow once it is done, of those that are as they were."""
    for each in newest:
        if each.number in done.written and each.state == "loaded":
            yield replace(each, at=at, **_in(column, value))
        elif each.number in done.gone and each.state == "superseded":
            yield replace(each, at=at, **_in(column, GONE))


def to_do_again(newest: Iterable[FileVersion], column: Column, day: date | None, at: datetime) -> Iterator[FileVersion]:
    """The rows that follow where it is to be done once more for the loaded files of a date, or of all."""
    for each in newest:
        if each.state == "loaded" and getattr(each, column) is not None and day in (None, each.date):
            yield replace(each, at=at, **_in(column, None))


def _in(column: Column, value: int | None) -> dict[str, Any]:
    return {column: value}


def searchable(index: Index, numbers: Sequence[int], today: date) -> Searchable:
    """As far back as retention leaves indices, which it removes whole."""
    dated = Dated.of(index)
    before = date.fromordinal(today.toordinal() - index.retention_days)
    first = dated.first_day(dated.name_of(before)) or before
    return Searchable(tuple(sorted(numbers)), ((dated.column, datetime.combine(first, time(), UTC)),))


def next_version(now_us: int, last: int, versions: Iterable[FileVersion]) -> int:
    """Of documents: the time, in microseconds, or above all that were given before; ``last``: the newest of these."""
    return max(now_us, last + 1, *(each.indexed + 1 for each in versions if each.indexed), 1)
