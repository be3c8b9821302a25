"""What was removed of the lake's tables stays readable by their earlier snapshots, until these go with their files."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tidegate.clients.lake import find_table, lake_errors, open_catalog
from tidegate.clients.lake_commits import ancestors
from tidegate.clients.retention_notes import ERASED_BEFORE, MARK, REMOVED_BEFORE
from tidegate.lake_care.expire import expire, plan_expire
from tidegate.settings import Settings


@dataclass(frozen=True, slots=True)
class Went:
    """Snapshots and files of one table that are gone for good."""

    table: str
    snapshots: int
    files: int


@dataclass(frozen=True, slots=True)
class Left:
    """Snapshots of one table from before retention's last commit, and what needs them beside their age."""

    table: str
    snapshots: int
    needed_by: tuple[str, ...]

    def facts(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"needed_by": [*self.needed_by]}


def let_go(settings: Settings, tables: Sequence[str], keep_days: int, now_ms: int) -> Iterator[Went]:
    """Of tables of which retention has removed something, the snapshots from before, if they are that old.

    Raises:
        TransientError: catalog or lake are out of reach.
    """
    for name in tables:
        if not _from_before(settings, name):
            continue
        gone = expire(settings, name, keep_days, now_ms)
        if gone.expiry.expired:
            yield Went(name, len(gone.expiry.expired), gone.data_files + gone.metadata_files)


def left_behind(settings: Settings, tables: Sequence[str], now_ms: int) -> list[Left]:
    """What still reaches rows or values that retention has removed.

    Raises:
        TransientError: catalog or lake are out of reach.
    """
    found = []
    for name in tables:
        if before := _from_before(settings, name):
            kept = plan_expire(settings, name, 0, now_ms).expiry.kept
            whys = tuple(each.why for each in kept if before & {*each.snapshots})
            found.append(Left(name, len(before), whys))
    return found


def _from_before(settings: Settings, name: str) -> set[int]:
    catalog = open_catalog(settings)
    with lake_errors(settings):
        table = find_table(catalog, name)
    return set() if table is None else from_before(table.metadata)


def from_before(metadata: Any) -> set[int]:
    """The snapshots that may reach what retention has removed: those made before its newest commit on ``main``.

    Where that is expired, all of ``main`` came later, and of others what is older than that.
    """
    main = list(ancestors(metadata))
    mark = next((each for each in main if each.summary and MARK in each.summary.additional_properties), None)
    if mark is not None:
        return {each.snapshot_id for each in metadata.snapshots if mark not in ancestors(metadata, each.snapshot_id)}
    if not {REMOVED_BEFORE, ERASED_BEFORE} & metadata.properties.keys() or not main:
        return set()
    return {each.snapshot_id for each in metadata.snapshots if each.timestamp_ms < main[-1].timestamp_ms}
