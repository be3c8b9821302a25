"""The days of a lake table: what lies there of each, and whole days taken out in one commit.

By the partitions' values alone, of a table that is partitioned by year, month and day, or by one date.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pyiceberg.exceptions import CommitFailedException, CommitStateUnknownException
from pyiceberg.expressions import AlwaysTrue, And, EqualTo
from pyiceberg.table import FileScanTask, Table

from tidegate.clients.lake_exchange import Exchange, exchange_files
from tidegate.clients.lake_replace import ATTEMPTS
from tidegate.clients.retention_notes import REMOVED, note_removed
from tidegate.contracts.envelope import CHANGED_DAY, LAKE_PARTITIONS
from tidegate.errors import TransientError

Dated = Sequence[tuple[date, FileScanTask]]
_EPOCH = date(1970, 1, 1)
_DATASET = "dataset"


@dataclass(frozen=True, slots=True)
class DayHeld:
    """What the current snapshot has of one day."""

    day: date
    files: int
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Shared:
    """The part of a table that is one dataset's, where the table is partitioned by datasets too."""

    dataset: str | None = None

    @property
    def condition(self) -> Any:
        """For a scan of the table."""
        if self.dataset is None:
            return AlwaysTrue()  # type: ignore[no-untyped-call]
        return EqualTo(_DATASET, self.dataset)


WHOLE = Shared()


def days_held(table: Table, part: Shared = WHOLE) -> list[DayHeld]:
    """The days of which there are rows, the oldest first; rows without a day are in none."""
    return _by_day(_dated(table, part))


def files_by_day(table: Table) -> dict[date, list[FileScanTask]]:
    """The files of each day that has some, the oldest day first."""
    return _grouped(_dated(table, WHOLE))


def files_of(table: Table, day: date) -> list[FileScanTask]:
    """The files of one day; manifests that have none of it are not read."""
    if not {*LAKE_PARTITIONS} <= {*table.schema().column_names}:
        return files_by_day(table).get(day, [])
    condition = And(*(EqualTo(part, getattr(day, part)) for part in LAKE_PARTITIONS))
    return [task for of, task in _dated(table, WHOLE, condition) if of == day]


def drop_days(
    table: Table, before: date, part: Shared = WHOLE, first: Callable[[Dated], object] | None = None
) -> list[DayHeld]:
    """Takes the days before one out, in one commit that notes it if the table is one dataset's; what was taken.

    Its files stay where they are, for as long as a snapshot has them. Files that come meanwhile are taken as well.
    ``first`` is given the files before each try.

    Raises:
        TransientError: others commit all the time.
    """
    unknown: list[DayHeld] = []
    for _ in range(ATTEMPTS):
        table.refresh()
        doomed = [(day, task) for day, task in _dated(table, part) if day < before]
        if not doomed:
            return unknown
        if first is not None:
            first(doomed)
        noted = note_removed(table.properties, before) if part == WHOLE else {}
        held = _by_day(doomed)
        try:
            exchange_files(table, Exchange([task.file for _, task in doomed], marks=REMOVED, noted=noted))
        except CommitFailedException:
            continue
        except CommitStateUnknownException:  # the next look tells whether it was taken
            unknown = held
            continue
        return held
    raise too_many_commits(table)


def too_many_commits(table: Table) -> TransientError:
    """What a user is told where others came between each time."""
    return TransientError(
        f"the lake's table {'.'.join(table.name())} was changed by others {ATTEMPTS} times while it was written.",
        remedy="Try again: what is done stays done.",
    )


def _dated(table: Table, part: Shared, condition: Any = None) -> Iterator[tuple[date, FileScanTask]]:
    if table.current_snapshot() is None:
        return
    for task in table.scan(row_filter=condition or part.condition).plan_files():
        day = _day(_values(table, task))
        if day is not None:
            yield day, task


def _values(table: Table, task: FileScanTask) -> Mapping[str, Any]:
    fields = table.specs()[task.file.spec_id].fields
    return {field.name: task.file.partition[position] for position, field in enumerate(fields)}


def _day(values: Mapping[str, Any]) -> date | None:
    parts = [values.get(name) for name in LAKE_PARTITIONS]
    if all(isinstance(part, int) for part in parts):
        try:
            return date(*parts)  # type: ignore[arg-type]
        except ValueError:
            return None
    found = values.get(CHANGED_DAY)
    return _EPOCH + timedelta(days=found) if isinstance(found, int) else found if isinstance(found, date) else None


def _grouped(dated: Iterable[tuple[date, FileScanTask]]) -> dict[date, list[FileScanTask]]:
    found: defaultdict[date, list[FileScanTask]] = defaultdict(list)
    for day, task in dated:
        found[day].append(task)
    return dict(sorted(found.items()))


def _by_day(dated: Iterable[tuple[date, FileScanTask]]) -> list[DayHeld]:
    return [_held(day, tasks) for day, tasks in _grouped(dated).items()]


def _held(day: date, tasks: Sequence[FileScanTask]) -> DayHeld:
    rows = sum(task.file.record_count for task in tasks)
    return DayHeld(day, len(tasks), rows, sum(task.file.file_size_in_bytes for task in tasks))
