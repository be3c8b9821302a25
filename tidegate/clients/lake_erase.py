"""Empties columns of a lake table's older rows: day by day, each in one commit that notes how far it has come.

The oldest day first. What is empty already is known by the files' statistics, so who is killed in between goes on where
it ended, and does nothing twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.exceptions import CommitFailedException, CommitStateUnknownException
from pyiceberg.manifest import DataFile
from pyiceberg.table import FileScanTask, Table

from tidegate.clients.lake_days import files_by_day, files_of, too_many_commits
from tidegate.clients.lake_exchange import Exchange, exchange_files
from tidegate.clients.lake_pieces import write_anew
from tidegate.clients.lake_replace import ATTEMPTS
from tidegate.clients.retention_notes import ERASED, note_erased

Due = Mapping[str, date]
"""By path (a column, or a field of a record in one), the day before which its values go."""


@dataclass(frozen=True, slots=True)
class DayErased:
    """What was done to one day, or is to be: ``rows`` of its files are written anew, of which ``values`` had some."""

    day: date
    files: int
    rows: int
    paths: tuple[str, ...]


@dataclass(slots=True)
class _Written:
    """What files were written anew as, by path; not done twice where others come between."""

    instead: dict[str, list[DataFile]] = field(default_factory=dict)


def days_to_erase(table: Table, due: Due) -> list[DayErased]:
    """The days that still have values which are due, by the statistics of their files; the oldest first."""
    due = _known(table, due)
    found = []
    for day, tasks in files_by_day(table).items() if due else ():
        if (paths := _paths(due, day)) and (files := _unfinished(table, tasks, paths)):
            found.append(DayErased(day, len(files), sum(each.file.record_count for each in files), paths))
    return found


def erase(table: Table, due: Due) -> Iterator[DayErased]:
    """Empties them; yields each day when it is done.

    Raises:
        TransientError: others commit all the time.
    """
    table.refresh()
    due = _known(table, due)
    for each in days_to_erase(table, due):
        yield _erase_day(table, each)


def emptied(rows: pa.Table, paths: Sequence[str]) -> pa.Table:
    """The rows with null in the place of these columns, or of these fields of records in columns."""
    for path in paths:
        first, _, rest = path.partition(".")
        at = rows.schema.get_field_index(first)
        column = rows.column(at).combine_chunks()
        chunk = column.chunk(0) if isinstance(column, pa.ChunkedArray) and column.num_chunks else column
        values = pa.nulls(rows.num_rows, rows.schema.field(at).type) if not rest else _emptied(chunk, rest)
        rows = rows.set_column(at, rows.schema.field(at), values)
    return rows


def has_values(table: Table, task: FileScanTask, paths: Sequence[str]) -> bool:
    """Whether the file may have a value at one of the paths, of those that the table has."""
    known = {*table.schema().column_names}
    return bool(_unfinished(table, [task], [path for path in paths if path in known]))


def _emptied(records: Any, path: str) -> Any:
    first, _, rest = path.partition(".")
    fields = [records.type.field(number) for number in range(records.type.num_fields)]
    values = [pc.struct_field(records, [number]) for number in range(len(fields))]
    for number, each in enumerate(fields):
        if each.name == first:
            values[number] = _emptied(values[number], rest) if rest else pa.nulls(len(records), each.type)
    return pa.StructArray.from_arrays(values, fields=fields, mask=records.is_null())


def _erase_day(table: Table, asked: DayErased) -> DayErased:
    written = _Written()
    noted_before = asked.day + timedelta(days=1)
    for _ in range(ATTEMPTS):
        table.refresh()
        files = _unfinished(table, files_of(table, asked.day), asked.paths)
        if not files:
            return asked
        come = [new for task in files for new in _anew(table, task, asked.paths, written)]
        noted = note_erased(table.properties, dict.fromkeys(asked.paths, noted_before))
        try:
            exchange_files(table, Exchange([task.file for task in files], come, ERASED, noted))
        except (CommitFailedException, CommitStateUnknownException):
            continue
        return DayErased(asked.day, len(files), sum(task.file.record_count for task in files), asked.paths)
    raise too_many_commits(table)


def _anew(table: Table, task: FileScanTask, paths: Sequence[str], written: _Written) -> list[DataFile]:
    path = task.file.file_path
    if path not in written.instead:
        written.instead[path] = write_anew(table, task, lambda rows: emptied(rows, paths))
    return written.instead[path]


def _known(table: Table, due: Due) -> dict[str, date]:
    """Those that the table has: silver may have a column that the lake's table is still to get."""
    names = {*table.schema().column_names}
    return {path: before for path, before in due.items() if path in names}


def _paths(due: Due, day: date) -> tuple[str, ...]:
    return tuple(sorted(path for path, before in due.items() if day < before))


def _unfinished(table: Table, tasks: Sequence[FileScanTask], paths: Sequence[str]) -> list[FileScanTask]:
    ids = [table.schema().find_field(path).field_id for path in paths]
    return [task for task in tasks if not all(_is_empty(task.file, number) for number in ids)]


def _is_empty(file: DataFile, field_id: int) -> bool:
    """Whether the column has nothing in this file; one that its statistics do not tell of may have something.

    Of a field in a record null counts are of the values, so that a record that is null counts too.
    """
    return (file.null_value_counts or {}).get(field_id) == file.record_count
