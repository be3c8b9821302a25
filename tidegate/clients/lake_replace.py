"""Puts other rows in the place of some of a lake table's, in one commit on ``main``.

By pyiceberg's own producer of snapshots. The commit holds only if ``main`` is as it was when it was prepared; where it
has moved, all is looked at again. So commits in between are kept, and none that has rows of the range goes unseen.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from pyiceberg.exceptions import CommitFailedException, CommitStateUnknownException
from pyiceberg.expressions import AlwaysTrue
from pyiceberg.expressions.parser import parse
from pyiceberg.expressions.visitors import bind
from pyiceberg.io.pyarrow import ArrowScan, expression_to_pyarrow
from pyiceberg.manifest import DataFile
from pyiceberg.table import FileScanTask, Table

from tidegate.clients.lake_branch import is_published
from tidegate.clients.lake_exchange import Exchange, exchange_files
from tidegate.clients.lake_pieces import Change, read_pieces, write_anew
from tidegate.clients.lake_since import rows_since
from tidegate.errors import TidegateError, TransientError

ATTEMPTS = 20
"""A job that commits every few seconds can come between a few times; never so often."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """Rows for which ``condition`` holds are taken out, the files ``added`` come in.

    ``planned``: the snapshot of ``main`` since which no other row of the range may have come (None: ``main`` was
    empty). ``mark``: a property of the new snapshot's summary, by which it is known if it is there already.
    """

    condition: str
    added: tuple[DataFile, ...]
    planned: int | None
    mark: tuple[str, str]
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Replaced:
    """The new snapshot; files that went whole and that were written again without the range's rows."""

    snapshot_id: int
    files_removed: int = 0
    files_rewritten: int = 0


def replace_rows(table: Table, replacement: Replacement) -> Replaced:
    """Done once: found again by its mark, it is not done a second time.

    Raises:
        TidegateError: rows of the range have come since it was planned, or the table's partitions were changed.
        TransientError: others commit all the time.
    """
    instead: dict[str, list[DataFile] | None] = {}
    for _ in range(ATTEMPTS):
        table.refresh()
        if (done := is_published(table, replacement.mark)) is not None:
            return Replaced(done)
        _refuse_other_partitions(table, replacement.added)
        tasks = _tasks(table, replacement.condition)
        for task in tasks:
            if task.file.file_path not in instead:
                instead[task.file.file_path] = _rest(table, task, _others_of(table, replacement.condition))
        touched = [task for task in tasks if instead[task.file.file_path] is not None]
        _refuse_what_came_since(table, touched, replacement)
        try:
            return _commit(table, touched, instead, replacement)
        except (CommitFailedException, CommitStateUnknownException):
            continue
    raise TransientError(
        f"the lake's table {'.'.join(table.name())} was changed by others {ATTEMPTS} times while it was written.",
        remedy="Try again: what was prepared is kept.",
    )


def may_have(table: Table, condition: str) -> bool:
    """Whether ``main`` may have rows for which the condition holds, by its files' statistics."""
    table.refresh()
    return bool(_tasks(table, condition))


def keep_rows(table: Table, file: DataFile, keep: Callable[[pa.Table], Any]) -> list[DataFile]:
    """The file itself if all of its rows are kept; else a new one with those for which ``keep`` is true, or none."""
    rest = _rest(table, FileScanTask(file), lambda rows: rows.filter(pa.array(keep(rows))))
    return [file] if rest is None else rest


def change_rows(table: Table, file: DataFile, change: Callable[[pa.Table], pa.Table]) -> list[DataFile]:
    """New files with what ``change`` makes of the file's rows; none if that is no row."""
    return write_anew(table, FileScanTask(file), change)


def read_rows(table: Table, files: Iterable[DataFile], names: tuple[str, ...]) -> Iterable[pa.RecordBatch]:
    """Columns of data files, a batch at a time."""
    wanted = table.schema().select(*names)
    scan = ArrowScan(table.metadata, table.io, wanted, AlwaysTrue())  # type: ignore[no-untyped-call]
    for file in files:
        yield from scan.to_record_batches([FileScanTask(file)])


def _commit(
    table: Table,
    touched: list[FileScanTask],
    instead: Mapping[str, list[DataFile] | None],
    replacement: Replacement,
) -> Replaced:
    marked = {**replacement.properties, replacement.mark[0]: replacement.mark[1]}
    come, rewritten = [*replacement.added], 0
    for task in touched:
        rest = instead[task.file.file_path] or []
        rewritten += bool(rest)
        come += rest
    snapshot_id = exchange_files(table, Exchange([task.file for task in touched], come, marked))
    return Replaced(snapshot_id, len(touched) - rewritten, rewritten)


def _tasks(table: Table, condition: str, snapshot_id: int | None = None) -> list[FileScanTask]:
    """The files of a snapshot, of ``main`` if none is named, that may have rows of the range by their statistics."""
    if snapshot_id is None and table.current_snapshot() is None:
        return []
    return list(table.scan(row_filter=condition, snapshot_id=snapshot_id).plan_files())


def _rest(table: Table, task: FileScanTask, kept: Change) -> list[DataFile] | None:
    """New files with the rows that are kept; None if all are."""
    return None if _are_all(table, task, kept) else write_anew(table, task, kept)


def _are_all(table: Table, task: FileScanTask, kept: Change) -> bool:
    """Whether each row of the file is kept."""
    return all(kept(piece).num_rows == piece.num_rows for piece in read_pieces(table, task))


def _others_of(table: Table, condition: str) -> Change:
    """Leaves the rows for which the condition does not hold; it may be null, as they are then."""
    holds = expression_to_pyarrow(bind(table.schema(), parse(condition), case_sensitive=True))
    others = ~holds | holds.is_null()
    return lambda rows: rows.filter(others)


def _refuse_what_came_since(table: Table, touched: list[FileScanTask], replacement: Replacement) -> None:
    if not touched or (replacement.planned is not None and _head(table) == replacement.planned):
        return
    known: set[str] = set()
    if replacement.planned is not None:
        if table.metadata.snapshot_by_id(replacement.planned) is None:
            raise _not_as_planned(table, "the snapshot that it was planned on has expired")
        known = {task.file.file_path for task in _tasks(table, replacement.condition, replacement.planned)}
    since = rows_since(table, replacement.planned, replacement.condition)
    strange = [path for task in touched if (path := task.file.file_path) not in known | since.moved]
    strange += [task.file.file_path for task in since.moved_on if _holds(table, task, replacement.condition)]
    if strange:
        raise _not_as_planned(table, f"{len(strange)} files with rows of the range have come since, first {strange[0]}")


def _holds(table: Table, task: FileScanTask, condition: str) -> bool:
    """Whether the file has a row of the range, or is gone, so that nobody can tell."""
    try:
        return not _are_all(table, task, _others_of(table, condition))
    except FileNotFoundError:
        return True


def _not_as_planned(table: Table, what: str) -> TidegateError:
    return TidegateError(
        f"the lake's table {'.'.join(table.name())} is not as it was planned: {what}.",
        remedy="Nothing was changed. Make a new plan of the range with `tidegate replay plan`, and run that.",
    )


def _refuse_other_partitions(table: Table, added: tuple[DataFile, ...]) -> None:
    if any(file.spec_id != table.spec().spec_id for file in added):
        raise _not_as_planned(table, "its partitioning was changed meanwhile")


def _head(table: Table) -> int | None:
    current = table.current_snapshot()
    return current.snapshot_id if current else None
