"""Takes snapshots out of a lake table's metadata."""

from collections.abc import Collection
from contextlib import suppress
from typing import Any

from pyiceberg.exceptions import CommitFailedException, CommitStateUnknownException
from pyiceberg.table.update import (
    AssertRefSnapshotId,
    AssertTableUUID,
    RemoveSnapshotsUpdate,
    TableRequirement,
)


def drop_snapshots(table: Any, gone: Collection[int]) -> bool:
    """In one commit, which holds only if every branch and tag is as the table says; False if one has moved.

    No file is touched. The table is read anew: where the catalog has not said whether it took the commit, that tells.

    Raises:
        RESTError: the catalog refuses.
    """
    requirements: list[TableRequirement] = [AssertTableUUID(uuid=table.metadata.table_uuid)]
    for name, ref in table.metadata.refs.items():
        requirements.append(AssertRefSnapshotId.model_validate({"ref": name, "snapshot-id": ref.snapshot_id}))
    update = RemoveSnapshotsUpdate.model_validate({"snapshot-ids": sorted(gone)})
    with suppress(CommitFailedException, CommitStateUnknownException):
        table._do_commit((update,), tuple(requirements))
    table.refresh()
    return not any(each.snapshot_id in gone for each in table.metadata.snapshots)
