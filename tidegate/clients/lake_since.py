"""What has come to a lake table since a snapshot. Compaction moves rows into other files, and brings none."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyiceberg.manifest import ManifestContent, ManifestEntryStatus
from pyiceberg.table import FileScanTask, Table
from pyiceberg.table.snapshots import Operation, Snapshot

from tidegate.clients.lake_commits import ancestors


@dataclass(frozen=True, slots=True)
class Since:
    """``moved``: files that compaction has made. ``moved_on``: those that brought rows and went into such ones."""

    moved: frozenset[str]
    moved_on: tuple[FileScanTask, ...]


def rows_since(table: Table, snapshot_id: int | None, condition: str) -> Since:
    """On ``main`` since a snapshot, or ever; of ``moved_on`` those that may have such rows by their statistics."""
    commits = list(_commits(table, snapshot_id))
    moved = {path for commit in commits if _is_compaction(commit) for path in _added(table, commit)}
    if not moved:
        return Since(frozenset(), ())
    current = {task.file.file_path for task in table.scan().plan_files()}
    brought: dict[str, FileScanTask] = {}
    for commit in (each for each in commits if not _is_compaction(each)):
        gone = _added(table, commit) - current
        tasks = table.scan(row_filter=condition, snapshot_id=commit.snapshot_id).plan_files() if gone else ()
        brought |= {path: task for task in tasks if (path := task.file.file_path) in gone}
    return Since(frozenset(moved), tuple(brought.values()))


def _commits(table: Table, snapshot_id: int | None) -> Iterator[Snapshot]:
    for snapshot in ancestors(table.metadata):
        if snapshot.snapshot_id == snapshot_id:
            return
        yield snapshot


def _is_compaction(snapshot: Snapshot) -> bool:
    """Iceberg's ``replace``: other files with the same rows."""
    return snapshot.summary is not None and snapshot.summary.operation == Operation.REPLACE


def _added(table: Table, snapshot: Snapshot) -> set[str]:
    return {
        entry.data_file.file_path
        for manifest in snapshot.manifests(table.io)
        if manifest.content == ManifestContent.DATA and manifest.added_snapshot_id == snapshot.snapshot_id
        for entry in manifest.fetch_manifest_entry(table.io)
        if entry.status == ManifestEntryStatus.ADDED
    }
