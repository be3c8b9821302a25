"""Removes old snapshots of a lake table, and the files that no other snapshot has."""

from dataclasses import asdict, dataclass
from typing import Any

from tidegate.clients.audit import audited, new_action
from tidegate.clients.lake import lake_errors
from tidegate.clients.lake_expire import drop_snapshots
from tidegate.clients.lake_reach import Reach, only_of, other_than, reach
from tidegate.clients.lake_rows import open_table
from tidegate.clients.lake_store import delete_files
from tidegate.errors import TransientError
from tidegate.lake_care.past import Expiry, plan_expiry
from tidegate.settings import Settings

DAY_MS = 86_400_000
LEAST_DAYS = 1
"""A query, a proof or a replay reads the files of the snapshot that it began with."""
ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Planned:
    """What goes of one table: snapshots, and files that no other snapshot has, with what these hold in bytes."""

    table: str
    expiry: Expiry
    data_files: int
    metadata_files: int
    bytes: int

    def facts(self) -> dict[str, Any]:
        """For JSON: ids of snapshots are their number and the oldest ones that are kept, by what needs them."""
        return {**asdict(self), "expiry": {**asdict(self.expiry), "expired": len(self.expiry.expired)}}


def plan_expire(settings: Settings, name: str, older_than_days: int, now_ms: int) -> Planned:
    """What would go now; nothing is changed.

    Raises:
        TidegateError: there is no such table. TransientError: catalog or lake are out of reach.
    """
    table = open_table(settings, name)
    with lake_errors(settings):
        expiry = plan_expiry(table.metadata, now_ms - older_than_days * DAY_MS)
        return _planned(name, expiry, only_of(table, {*expiry.expired}) if expiry.expired else Reach())


def expire(settings: Settings, name: str, older_than_days: int, now_ms: int, actor: str | None = None) -> Planned:
    """Does it, and tells the audit; what went.

    First the snapshots, in one commit, then files. Killed in between it leaves files that nothing names, which
    ``tidegate lake orphans`` finds.

    Raises:
        TidegateError: there is no such table, or the catalog or S3 refuses.
        TransientError: catalog or lake are out of reach, or others commit all the time.
    """
    table = open_table(settings, name)
    before_ms = now_ms - older_than_days * DAY_MS
    if not (expiry := plan_expiry(table.metadata, before_ms)).expired:
        return _planned(name, expiry, Reach())
    action = new_action("lake expire", name, actor, detail=f"snapshots older than {older_than_days} days")
    with audited(settings, action) as counts:
        with lake_errors(settings):
            expiry, going = _drop(table, before_ms)
        delete_files(settings, table, going.paths)
        planned = _planned(name, expiry, going)
        counts.update(
            snapshots=len(expiry.expired), data_files=planned.data_files, metadata_files=planned.metadata_files
        )
    return planned


def _drop(table: Any, before_ms: int) -> tuple[Expiry, Reach]:
    """Files are looked for before the commit: afterwards nothing names them."""
    looked: Expiry | None = None
    for _ in range(ATTEMPTS):
        table.refresh()
        expiry = plan_expiry(table.metadata, before_ms)
        if not expiry.expired:
            return expiry, Reach()
        if looked is None or looked.expired != expiry.expired:
            looked, known = expiry, {each.snapshot_id for each in table.metadata.snapshots}
            going = only_of(table, {*expiry.expired})
        if drop_snapshots(table, expiry.expired):
            since = [each for each in table.metadata.snapshots if each.snapshot_id not in known]
            return expiry, other_than(going, reach(table, since))
    raise TransientError(
        f"the lake's table {'.'.join(table.name())} was changed by others {ATTEMPTS} times meanwhile.",
        remedy="Type it again: no snapshot and no file was removed.",
    )


def _planned(name: str, expiry: Expiry, going: Reach) -> Planned:
    return Planned(name, expiry, len(going.rows), len(going.manifests) + len(going.lists), going.bytes)
