"""Rows of a lake table by a condition, for whoever compares them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tidegate.clients.lake import find_table, lake_errors, open_catalog
from tidegate.errors import TidegateError
from tidegate.settings import Settings


@dataclass(frozen=True, slots=True)
class Held:
    """Rows that meet a condition, and the files that may have them by their statistics, with these files' bytes."""

    rows: int
    files: int
    bytes: int


def open_table(settings: Settings, name: str) -> Any:
    """The table as pyiceberg has it.

    Raises:
        TidegateError: there is none.
        TransientError: the catalog does not answer.
    """
    table = table_if_there(settings, name)
    if table is None:
        raise TidegateError(f"the lake has no table {name}.", remedy="Start the lake job: `tidegate run lake`.")
    return table


def table_if_there(settings: Settings, name: str) -> Any:
    """The same; None if there is none."""
    catalog = open_catalog(settings)
    with lake_errors(settings):
        return find_table(catalog, name)


def main_snapshot(table: Any) -> int | None:
    """The id of the current snapshot; None of a table that nothing was written to."""
    current = table.current_snapshot()
    return current.snapshot_id if current else None


def rows_held(settings: Settings, table: Any, condition: str) -> Held:
    """Of the current snapshot."""
    if table.current_snapshot() is None:
        return Held(0, 0, 0)
    with lake_errors(settings):
        files = [task.file for task in table.scan(row_filter=condition).plan_files()]
    column = table.schema().fields[0].name
    rows = sum(len(batch) for batch in scan_rows(settings, table, (column,), condition))
    return Held(rows, len(files), sum(file.file_size_in_bytes for file in files))


def scan_rows(settings: Settings, table: Any, columns: tuple[str, ...], condition: str | None = None) -> Iterator[Any]:
    """Columns of the current snapshot's rows that meet the condition, or of all, a batch at a time."""
    if table.current_snapshot() is None:
        return
    chosen = {} if condition is None else {"row_filter": condition}
    with lake_errors(settings):
        yield from table.scan(selected_fields=columns, **chosen).to_arrow_batch_reader()
