"""Files in a lake table's folder that no metadata names: what crashes, aborted writes and old metadata have left."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import takewhile
from typing import Any

from tidegate.clients.audit import audited, new_action
from tidegate.clients.lake import lake_errors
from tidegate.clients.lake_commits import CHECKPOINT_ID, OPERATOR_ID, ancestors
from tidegate.clients.lake_reach import reach
from tidegate.clients.lake_store import StoredFile, delete_files, plain_path, stored_files
from tidegate.errors import TidegateError
from tidegate.lake_care.expire import DAY_MS
from tidegate.lake_care.past import JOB_REMEMBERED_MS
from tidegate.lake_care.stats import MAIN
from tidegate.query.catalog import Lake
from tidegate.settings import Settings

LEAST_DAYS = 3
"""A file is written before the commit that names it; a job that was down commits after it is started again."""
_OF_OTHERS = (".puffin", ".stats", "version-hint.text")
"""Ends of files that other engines name in places that pyiceberg does not read."""


@dataclass(frozen=True, slots=True)
class Orphans:
    """Of one table: files that may go, and how many that nothing names either are too young for that."""

    table: str
    files: tuple[StoredFile, ...]
    younger: int

    @property
    def bytes(self) -> int:
        """Of those that may go."""
        return sum(file.bytes for file in self.files)

    def facts(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "bytes": self.bytes}


def find_orphans(settings: Settings, lake: Lake, name: str, older_than_days: int, now_ms: int) -> Orphans:
    """What could be removed now; nothing is changed.

    Raises:
        TidegateError: the folder is not the table's alone. TransientError: catalog or lake are out of reach.
    """
    with lake_errors(settings):
        table = lake.open(name)
        _refuse_shared(table, [each for each in lake.tables if each != name], lake)
        found = list(stored_files(table))  # before the metadata is read: what comes between is named there
        table.refresh()
        named, before_ms = named_paths(table), now_ms - older_than_days * DAY_MS
        last = _commits(table.metadata, before_ms - JOB_REMEMBERED_MS)
        before_ms = min([before_ms, *(each_ms - DAY_MS for each_ms in last)])
    unnamed = [file for file in found if file.path not in named and not file.path.endswith(_OF_OTHERS)]
    old = tuple(file for file in unnamed if file.modified_ms < before_ms)
    return Orphans(name, old, len(unnamed) - len(old))


def remove_orphans(settings: Settings, lake: Lake, orphans: Orphans, actor: str | None = None) -> int:
    """Deletes them, but for what the table names by now, and tells the audit; returns how many.

    Raises:
        TidegateError: S3 refuses. TransientError: catalog or lake are out of reach.
    """
    action = new_action("lake orphans", orphans.table, actor, detail="files that no metadata names")
    with audited(settings, action) as counts:
        with lake_errors(settings):
            table = lake.open(orphans.table)
            table.refresh()
            named = named_paths(table)
        going = [file for file in orphans.files if file.path not in named]
        delete_files(settings, table, [file.path for file in going])
        counts.update(files=len(going), bytes=sum(file.bytes for file in going))
    return len(going)


def named_paths(table: Any) -> set[str]:
    """Without their scheme, all files that the table's metadata names, of whatever snapshot that it has."""
    metadata = table.metadata
    paths: Iterable[str] = (
        *reach(table, metadata.snapshots).paths,
        *(each.metadata_file for each in metadata.metadata_log),
        *([table.metadata_location] if table.metadata_location else []),
    )
    return {plain_path(path) for path in paths}


def _commits(metadata: Any, since_ms: int) -> list[int]:
    """When each operator has committed last, to ``main`` and to each branch.

    What it has written since, or while it did, may be in its state, and be committed when it is started again.
    """
    newest: dict[tuple[str, str], int] = {}
    for line, snapshot in _of_lines(metadata):
        said = snapshot.summary.additional_properties if snapshot.summary else {}
        if CHECKPOINT_ID in said and snapshot.timestamp_ms >= since_ms:
            newest.setdefault((line, said.get(OPERATOR_ID, "")), snapshot.timestamp_ms)
    return list(newest.values())


def _of_lines(metadata: Any) -> Iterator[tuple[str, Any]]:
    """The snapshots of ``main``, and of each branch its own, the newest first."""
    main = {each.snapshot_id: each for each in ancestors(metadata)}
    yield from ((MAIN, each) for each in main.values())
    for name, ref in metadata.refs.items():
        if ref.snapshot_ref_type == "branch" and name != MAIN:
            own = takewhile(lambda each: each.snapshot_id not in main, ancestors(metadata, ref.snapshot_id))
            yield from ((name, each) for each in own)


def _refuse_shared(table: Any, others: Sequence[str], lake: Lake) -> None:
    """Whoever lists the folder of a bucket, or one that has another table's in it, would find that one's files."""
    folder = plain_path(table.location()).rstrip("/")
    inside = [name for name in others if (other := lake.open(name)) is not None and _is_in(other, folder)]
    if inside or "/" not in folder.strip("/"):
        raise TidegateError(
            f"the folder of {'.'.join(table.name())} is not its own: {', '.join(inside) or folder} lies there too.",
            remedy="Nothing was looked for or removed. Move one of the tables to another location.",
        )


def _is_in(table: Any, folder: str) -> bool:
    return f"{plain_path(table.location()).rstrip('/')}/".startswith(f"{folder}/")
