"""What a lake table's metadata says of its files: which there are, how large, in which partition."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pyiceberg.manifest import DataFile, DataFileContent, ManifestFile
from pyiceberg.table import Table
from pyiceberg.types import DateType, IcebergType

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file with rows of a partition, or with what was deleted of them."""

    path: str
    partition: str
    bytes: int
    rows: int
    is_delete: bool = False


def current_files(table: Table, snapshot_id: int | None = None) -> list[ListedFile]:
    """The files of a snapshot, of ``main``'s newest if none is named; none of a table without one."""
    snapshot = table.current_snapshot() if snapshot_id is None else table.snapshot_by_id(snapshot_id)
    return [] if snapshot is None else list(_files(table, snapshot.manifests(table.io)))


def metadata_bytes(table: Table) -> int:
    """The table's own file of metadata, and what the current snapshot has: its list of manifests, and these."""
    snapshot = table.current_snapshot()
    own = _length(table, table.metadata_location)
    if snapshot is None:
        return own
    manifests = snapshot.manifests(table.io)
    return own + _length(table, snapshot.manifest_list) + sum(each.manifest_length for each in manifests)


def partition_name(table: Table, file: DataFile, spec_id: int) -> str:
    """As the folder of its files is called, ``year=2026/month=11/day=21``; empty of a table that has none."""
    spec = table.specs()[spec_id]
    types = [field.field_type for field in spec.partition_type(table.schema()).fields]
    return "/".join(f"{field.name}={_text(file.partition[at], types[at])}" for at, field in enumerate(spec.fields))


def _files(table: Table, manifests: list[ManifestFile]) -> Iterator[ListedFile]:
    for manifest in manifests:
        for entry in manifest.fetch_manifest_entry(table.io):
            file = entry.data_file
            yield ListedFile(
                file.file_path,
                partition_name(table, file, manifest.partition_spec_id),
                file.file_size_in_bytes,
                file.record_count,
                file.content != DataFileContent.DATA,
            )


def _text(value: object, of: IcebergType) -> str:
    """A date is read as its days since 1970."""
    if isinstance(of, DateType) and isinstance(value, int):
        return (_EPOCH + timedelta(days=value)).isoformat()
    return "null" if value is None else str(value)


def _length(table: Table, location: str | None) -> int:
    return len(table.io.new_input(location)) if location else 0
