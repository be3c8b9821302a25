"""A lake on this machine's disk whose catalog refuses a commit to a table that has moved, as a server's does."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
from pyiceberg.io.pyarrow import _dataframe_to_data_files
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Operation
from pyiceberg.table.update import (
    RemoveSnapshotRefUpdate,
    RemoveSnapshotsUpdate,
    SetSnapshotRefUpdate,
    update_table_metadata,
)

from tests.lake import DiskCatalog
from tidegate.clients.lake_exchange import Exchange, exchange_files
from tidegate.clients.lake_pieces import read_pieces

NAME = "silver.clicks"
PLACES = pa.schema(
    [
        pa.field("_source_partition", pa.int32()),
        pa.field("_source_offset", pa.int64()),
        pa.field("value", pa.string()),
        pa.field("tags", pa.list_(pa.string())),
        pa.field("day", pa.int32()),
    ]
)
Place = tuple[int, int]
_UNKNOWN = (RemoveSnapshotRefUpdate, RemoveSnapshotsUpdate)
"""What pyiceberg leaves to the server."""


class StrictCatalog(DiskCatalog):
    """``before_commit`` is called once, before the next commit is looked at: somebody else who comes between."""

    before_commit: Callable[[], None] | None = None

    def commit_table(self, table: Table, requirements: Any, updates: Any) -> Any:
        before, self.before_commit = self.before_commit, None
        if before is not None:
            before()
        known = self.tables[".".join(table.name())]
        for requirement in requirements:
            requirement.validate(known.metadata)
        metadata = known.metadata
        for update in updates:
            metadata = _without_ref(metadata, update) if isinstance(update, RemoveSnapshotRefUpdate) else metadata
            metadata = _without_snapshots(metadata, update) if isinstance(update, RemoveSnapshotsUpdate) else metadata
        ordinary = tuple(each for each in updates if not isinstance(each, _UNKNOWN))
        metadata = update_table_metadata(metadata, ordinary) if ordinary else metadata
        known.metadata = metadata
        return SimpleNamespace(metadata=metadata, metadata_location="")

    def load_table(self, name: Any) -> Table:
        known = self.tables[name if isinstance(name, str) else ".".join(name)]
        return Table(known.name(), known.metadata, "", known.io, self)  # type: ignore[arg-type]


def lake(folder: Path) -> tuple[StrictCatalog, Table]:
    """An empty silver table that is partitioned by ``day``."""
    catalog = StrictCatalog(folder)
    catalog.create(NAME, PLACES, ("day",))
    return catalog, catalog.load_table(NAME)


def rows(places: list[Place], value: str = "old", day: int = 1) -> pa.Table:
    columns = [[place[0] for place in places], [place[1] for place in places]]
    many = len(places)
    return pa.table([*columns, [value] * many, [["a"]] * many, [day] * many], schema=PLACES)


def write_rows(table: Table, added: pa.Table) -> list[DataFile]:
    """New files with these rows, which no snapshot has yet."""
    return list(_dataframe_to_data_files(table.metadata, added, table.io)) if added.num_rows else []


def append(catalog: StrictCatalog, added: pa.Table, **properties: str) -> int:
    """One commit of somebody; returns its snapshot."""
    table = catalog.load_table(NAME)
    table.append(added, snapshot_properties=properties)
    current = table.current_snapshot()
    assert current is not None
    return current.snapshot_id


def to_branch(catalog: StrictCatalog, added: pa.Table, branch: str = "aside") -> None:
    """One commit on a branch that leaves ``main`` where it is now; ``main`` has commits already."""
    before = catalog.load_table(NAME).current_snapshot()
    assert before is not None
    append(catalog, added)
    branch_of(catalog, NAME, branch, before.snapshot_id)


def branch_of(catalog: StrictCatalog, name: str, branch: str, main: int) -> None:
    """Makes what ``main`` is now the branch, and ``main`` what it was before."""
    table = catalog.load_table(name)
    staged = table.current_snapshot()
    assert staged is not None
    refs = {branch: staged.snapshot_id, "main": main}
    table._do_commit(tuple(SetSnapshotRefUpdate.model_validate(_ref(*ref)) for ref in refs.items()), ())


def put_together(catalog: StrictCatalog, day: int = 1) -> None:
    """What Iceberg's compaction does to the files of a day: one commit that says that it changes no row."""
    table = catalog.load_table(NAME)
    tasks = list(table.scan(row_filter=f"day = {day}").plan_files())
    come = write_rows(table, pa.concat_tables([piece for task in tasks for piece in read_pieces(table, task)]))
    exchange_files(table, Exchange([task.file for task in tasks], come))
    known = catalog.tables[NAME]
    *before, newest = known.metadata.snapshots
    assert newest.summary is not None
    summary = newest.summary.model_copy(update={"operation": Operation.REPLACE})
    replace = newest.model_copy(update={"summary": summary})
    known.metadata = known.metadata.model_copy(update={"snapshots": [*before, replace]})


def content(catalog: StrictCatalog) -> list[tuple[int, int, str]]:
    """The rows of ``main``: partition, offset, value."""
    found = catalog.load_table(NAME).scan().to_arrow().to_pylist()
    return sorted((row["_source_partition"], row["_source_offset"], row["value"]) for row in found)


def _ref(name: str, snapshot_id: int) -> dict[str, Any]:
    return {"action": "set-snapshot-ref", "ref-name": name, "type": "branch", "snapshot-id": snapshot_id}


def _without_ref(metadata: Any, update: RemoveSnapshotRefUpdate) -> Any:
    refs = {name: ref for name, ref in metadata.refs.items() if name != update.ref_name}
    return metadata.model_copy(update={"refs": refs})


def _without_snapshots(metadata: Any, update: RemoveSnapshotsUpdate) -> Any:
    """As the specification wants it: a branch or tag of one that is gone would hold nothing."""
    kept = [each for each in metadata.snapshots if each.snapshot_id not in update.snapshot_ids]
    held = {ref.snapshot_id for ref in metadata.refs.values()}
    assert held <= {each.snapshot_id for each in kept}, "a branch or tag holds a snapshot that is to go"
    return metadata.model_copy(update={"snapshots": kept})
