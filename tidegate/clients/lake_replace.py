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
from pyiceberg.io.pyarrow import ArrowScan, _dataframe_to_data_files, expression_to_pyarrow
from pyiceberg.manifest import DataFile
from pyiceberg.table import FileScanTask, Table
from pyiceberg.table.snapshots import Operation, SnapshotSummaryCollector, Summary, update_snapshot_summaries
from pyiceberg.table.update.snapshot import _OverwriteFiles

from tidegate.clients.lake_branch import is_published
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


@dataclass(slots=True)
class _Change:
    """What becomes of one file: it goes, and these come; None if it stays."""

    instead: list[DataFile] | None
    held: int


def replace_rows(table: Table, replacement: Replacement) -> Replaced:
    """Done once: found again by its mark, it is not done a second time.

    Raises:
        TidegateError: rows of the range have come since it was planned, or the table's partitions were changed.
        TransientError: others commit all the time.
    """
    changes: dict[str, _Change] = {}
    for _ in range(ATTEMPTS):
        table.refresh()
        if (done := is_published(table, replacement.mark)) is not None:
            return Replaced(done)
        _refuse_other_partitions(table, replacement.added)
        tasks = _tasks(table, replacement.condition)
        for task in tasks:
            if task.file.file_path not in changes:
                changes[task.file.file_path] = _change(table, task, replacement.condition)
        touched = [task for task in tasks if changes[task.file.file_path].instead is not None]
        _refuse_what_came_since(table, touched, replacement)
        try:
            return _commit(table, touched, changes, replacement)
        except (CommitFailedException, CommitStateUnknownException):
            continue
    raise TransientError(
        f"the lake's table {'.'.join(table.name())} was changed by others {ATTEMPTS} times while it was written.",
        remedy="Try again: what was prepared is kept.",
    )


def keep_rows(table: Table, file: DataFile, keep: Callable[[pa.Table], Any]) -> list[DataFile]:
    """The file itself if all of its rows are kept; else a new one with those for which ``keep`` is true, or none."""
    rows = _read(table, FileScanTask(file))
    kept = rows.filter(pa.array(keep(rows)))
    if kept.num_rows == rows.num_rows:
        return [file]
    return _write(table, kept)


def read_rows(table: Table, files: Iterable[DataFile], names: tuple[str, ...]) -> Iterable[pa.RecordBatch]:
    """Columns of data files, a batch at a time."""
    wanted = table.schema().select(*names)
    scan = ArrowScan(table.metadata, table.io, wanted, AlwaysTrue())  # type: ignore[no-untyped-call]
    for file in files:
        yield from scan.to_record_batches([FileScanTask(file)])


class _InOneCommit(_OverwriteFiles):
    """Pyiceberg's own takes an overwrite for one of the whole table in its totals."""

    def _summary(self, snapshot_properties: Any = None) -> Summary:
        metadata = self._transaction.table_metadata
        collector = SnapshotSummaryCollector()
        for file in self._added_data_files:
            collector.add_file(data_file=file, partition_spec=metadata.spec(), schema=metadata.schema())
        for file in self._deleted_data_files:
            collector.remove_file(
                data_file=file, partition_spec=metadata.specs()[file.spec_id], schema=metadata.schema()
            )
        before = metadata.current_snapshot()
        return update_snapshot_summaries(
            summary=Summary(operation=self._operation, **collector.build(), **(snapshot_properties or {})),
            previous_summary=before.summary if before is not None else None,
        )


def _commit(
    table: Table, touched: list[FileScanTask], changes: Mapping[str, _Change], replacement: Replacement
) -> Replaced:
    transaction = table.transaction()
    properties = {**replacement.properties, replacement.mark[0]: replacement.mark[1]}
    overwrite = _InOneCommit(
        operation=Operation.OVERWRITE, transaction=transaction, io=table.io, snapshot_properties=properties
    )
    rewritten = 0
    for task in touched:
        instead = changes[task.file.file_path].instead or []
        rewritten += bool(instead)
        overwrite.delete_data_file(task.file)
        for file in instead:
            overwrite.append_data_file(file)
    for file in replacement.added:
        overwrite.append_data_file(file)
    snapshot_id = overwrite.snapshot_id
    overwrite.commit()
    transaction.commit_transaction()
    return Replaced(snapshot_id, len(touched) - rewritten, rewritten)


def _tasks(table: Table, condition: str, snapshot_id: int | None = None) -> list[FileScanTask]:
    """The files of a snapshot, of ``main`` if none is named, that may have rows of the range by their statistics."""
    if snapshot_id is None and table.current_snapshot() is None:
        return []
    return list(table.scan(row_filter=condition, snapshot_id=snapshot_id).plan_files())


def _change(table: Table, task: FileScanTask, condition: str) -> _Change:
    rows = _read(table, task)
    rest = rows.filter(_others(table, condition))
    held = rows.num_rows - rest.num_rows
    return _Change(None if not held else _write(table, rest), held)


def _others(table: Table, condition: str) -> Any:
    """Arrow's expression for the rows for which the condition does not hold; it may be null, as they are then."""
    holds = expression_to_pyarrow(bind(table.schema(), parse(condition), case_sensitive=True))
    return ~holds | holds.is_null()


def _refuse_what_came_since(table: Table, touched: list[FileScanTask], replacement: Replacement) -> None:
    if not touched or (replacement.planned is not None and _head(table) == replacement.planned):
        return
    known: set[str] = set()
    if replacement.planned is not None:
        if table.metadata.snapshot_by_id(replacement.planned) is None:
            raise _not_as_planned(table, "the snapshot that it was planned on has expired")
        known = {task.file.file_path for task in _tasks(table, replacement.condition, replacement.planned)}
    strange = [task.file.file_path for task in touched if task.file.file_path not in known]
    if strange:
        raise _not_as_planned(table, f"{len(strange)} files with rows of the range have come since, first {strange[0]}")


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


def _read(table: Table, task: FileScanTask) -> pa.Table:
    scan = ArrowScan(table.metadata, table.io, table.schema(), AlwaysTrue())  # type: ignore[no-untyped-call]
    return scan.to_table([task])


def _write(table: Table, rows: pa.Table) -> list[DataFile]:
    if not rows.num_rows:
        return []
    return list(_dataframe_to_data_files(table.metadata, rows, table.io))
