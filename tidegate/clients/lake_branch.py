"""What a job wrote aside: the data files of a branch of a lake table that ``main`` does not have."""

from collections.abc import Iterator
from typing import Any

from pyiceberg.manifest import DataFile, ManifestContent, ManifestEntryStatus
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot
from pyiceberg.table.update import RemoveSnapshotRefUpdate


def branch_files(table: Table, branch: str) -> list[DataFile]:
    """The files that were added on the branch since it left ``main``; none where there is no such branch."""
    return [file for snapshot in _of_branch(table, branch) for file in _added(table, snapshot)]


def drop_branch(table: Table, branch: str) -> bool:
    """Takes a branch or a tag away; False if there is none. Its files go with its snapshots, when those are expired."""
    table.refresh()
    if branch not in table.metadata.refs:
        return False
    table._do_commit((RemoveSnapshotRefUpdate(ref_name=branch),), ())
    return True


def tag_what_was_before(table: Table, snapshot_id: int, tag: str) -> bool:
    """Names the state of ``main`` before a snapshot, so that it is not expired; False if it is, or there was none.

    A commit to ``main`` meanwhile makes no difference.
    """
    table.refresh()
    snapshot = table.metadata.snapshot_by_id(snapshot_id)
    if tag in table.metadata.refs or snapshot is None or snapshot.parent_snapshot_id is None:
        return False
    table.manage_snapshots().create_tag(snapshot.parent_snapshot_id, tag).commit()
    return True


def _of_branch(table: Table, branch: str) -> Iterator[Snapshot]:
    ref = table.metadata.refs.get(branch)
    of_main = {snapshot.snapshot_id for snapshot in _chain(table, _head(table))}
    for snapshot in _chain(table, ref.snapshot_id if ref else None):
        if snapshot.snapshot_id in of_main:
            return
        yield snapshot


def _head(table: Table) -> int | None:
    current = table.metadata.current_snapshot()
    return current.snapshot_id if current else None


def _chain(table: Table, snapshot_id: int | None) -> Iterator[Snapshot]:
    while snapshot_id is not None and (snapshot := table.metadata.snapshot_by_id(snapshot_id)) is not None:
        yield snapshot
        snapshot_id = snapshot.parent_snapshot_id


def _added(table: Table, snapshot: Snapshot) -> Iterator[DataFile]:
    for manifest in snapshot.manifests(table.io):
        if manifest.content != ManifestContent.DATA or manifest.added_snapshot_id != snapshot.snapshot_id:
            continue
        for entry in manifest.fetch_manifest_entry(table.io):
            if entry.status == ManifestEntryStatus.ADDED and entry.snapshot_id == snapshot.snapshot_id:
                yield entry.data_file


def is_published(table: Any, mark: tuple[str, str]) -> int | None:
    """The snapshot of ``main`` whose summary has this property; None if none has."""
    for snapshot in _chain(table, _head(table)):
        if snapshot.summary and snapshot.summary.additional_properties.get(mark[0]) == mark[1]:
            return snapshot.snapshot_id
    return None
