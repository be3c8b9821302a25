"""How a lake table stands: its files, how they are spread, what holds its past."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from tidegate.clients.lake import lake_errors
from tidegate.clients.lake_contents import ListedFile, current_files, metadata_bytes
from tidegate.query.catalog import Lake
from tidegate.settings import Settings

MAIN = "main"


@dataclass(frozen=True, slots=True)
class Named:
    """A branch or tag, and the snapshot that it holds; ``at_ms`` is when that was made, ms since 1970."""

    name: str
    kind: str
    snapshot_id: int
    at_ms: int | None


@dataclass(frozen=True, slots=True)
class TableStats:
    """One table as of its newest snapshot; sizes in bytes, None where there is no file or no snapshot."""

    table: str
    rows: int
    bytes: int
    partitions: int
    files: int
    partition_files_max: int
    partition_files_median: float | None
    file_bytes_min: int | None
    file_bytes_median: float | None
    delete_files: int
    metadata_bytes: int
    snapshots: int
    oldest_snapshot_ms: int | None
    named: tuple[Named, ...] = ()


def all_stats(settings: Settings, lake: Lake, names: Sequence[str]) -> Iterator[TableStats]:
    """Of each table that is there.

    Raises:
        TransientError, TidegateError: as :func:`~tidegate.clients.lake.lake_errors`.
    """
    for name in names:
        table = lake.open(name)
        if table is None:
            continue
        with lake_errors(settings):
            yield table_stats(name, table.metadata, current_files(table), metadata_bytes(table))


def table_stats(name: str, metadata: Any, files: Iterable[ListedFile], size_bytes: int) -> TableStats:
    """By the table's metadata, its files and how large its metadata is."""
    every = list(files)
    data = [file for file in every if not file.is_delete]
    per_partition, sizes = Counter(file.partition for file in data), [file.bytes for file in data]
    times = [snapshot.timestamp_ms for snapshot in metadata.snapshots]
    return TableStats(
        table=name,
        rows=sum(file.rows for file in data),
        bytes=sum(sizes),
        partitions=len(per_partition),
        files=len(data),
        partition_files_max=max(per_partition.values(), default=0),
        partition_files_median=median(per_partition.values()) if data else None,
        file_bytes_min=min(sizes, default=None),
        file_bytes_median=median(sizes) if sizes else None,
        delete_files=len(every) - len(data),
        metadata_bytes=size_bytes,
        snapshots=len(times),
        oldest_snapshot_ms=min(times, default=None),
        named=tuple(named(metadata)),
    )


def named(metadata: Any) -> Iterator[Named]:
    """Branches and tags but ``main``, by name."""
    for name, ref in sorted(metadata.refs.items()):
        if name != MAIN:
            snapshot = metadata.snapshot_by_id(ref.snapshot_id)
            at_ms = None if snapshot is None else snapshot.timestamp_ms
            yield Named(name, str(ref.snapshot_ref_type), ref.snapshot_id, at_ms)
