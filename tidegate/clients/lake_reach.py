"""Which files a lake table's snapshots reach: their lists, their manifests, and the files with rows."""

from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from pyiceberg.manifest import ManifestFile
from pyiceberg.table import Table
from pyiceberg.table.snapshots import Snapshot

_AT_ONCE = 16
_Asked = TypeVar("_Asked")
_Found = TypeVar("_Found")


@dataclass(slots=True)
class Reach:
    """Bytes by path; of a list of manifests they are not known, and 0."""

    rows: dict[str, int] = field(default_factory=dict)
    manifests: dict[str, int] = field(default_factory=dict)
    lists: dict[str, int] = field(default_factory=dict)

    @property
    def paths(self) -> list[str]:
        """Those with rows first: where deleting stops, nothing is left that nobody can find."""
        return [*self.rows, *self.manifests, *self.lists]

    @property
    def bytes(self) -> int:
        """Of rows and manifests."""
        return sum(self.rows.values()) + sum(self.manifests.values())


def reach(table: Table, snapshots: Iterable[Snapshot]) -> Reach:
    """All that they name, be it only as deleted."""
    every = list(snapshots)
    manifests = _manifests(table, every)
    return Reach(
        _rows(table, manifests.values(), deleted=True),
        {path: each.manifest_length for path, each in manifests.items()},
        _lists(every),
    )


def only_of(table: Table, gone: Collection[int]) -> Reach:
    """What these snapshots of the table reach and no other one does."""
    kept = [each for each in table.metadata.snapshots if each.snapshot_id not in gone]
    going = [each for each in table.metadata.snapshots if each.snapshot_id in gone]
    staying, theirs = _manifests(table, kept), _manifests(table, going)
    manifests = {path: each for path, each in theirs.items() if path not in staying}
    rows = _rows(table, manifests.values())
    if rows:
        needed = _rows(table, staying.values())
        rows = {path: size for path, size in rows.items() if path not in needed}
    still = _lists(kept)
    return Reach(
        rows,
        {path: each.manifest_length for path, each in manifests.items()},
        {path: 0 for path in _lists(going) if path not in still},
    )


def other_than(reached: Reach, needed: Reach) -> Reach:
    """Without what is needed after all."""
    return Reach(
        {path: size for path, size in reached.rows.items() if path not in needed.rows},
        {path: size for path, size in reached.manifests.items() if path not in needed.manifests},
        {path: size for path, size in reached.lists.items() if path not in needed.lists},
    )


def _lists(snapshots: Iterable[Snapshot]) -> dict[str, int]:
    return dict.fromkeys((each.manifest_list for each in snapshots if each.manifest_list), 0)


def _manifests(table: Table, snapshots: Iterable[Snapshot]) -> dict[str, ManifestFile]:
    found = _at_once(lambda each: each.manifests(table.io), snapshots)
    return {manifest.manifest_path: manifest for manifests in found for manifest in manifests}


def _rows(table: Table, manifests: Iterable[ManifestFile], *, deleted: bool = False) -> dict[str, int]:
    def read(manifest: ManifestFile) -> dict[str, int]:
        entries = manifest.fetch_manifest_entry(table.io, discard_deleted=not deleted)
        return {each.data_file.file_path: each.data_file.file_size_in_bytes for each in entries}

    found: dict[str, int] = {}
    for part in _at_once(read, manifests):
        found |= part
    return found


def _at_once(ask: Callable[[_Asked], _Found], each: Iterable[_Asked]) -> list[_Found]:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(ask, each))
