"""Which snapshots of a lake table may go, and which stay although they are old. Pure.

``main`` is cut at one place, never holed: its readers walk from its newest snapshot backwards and stop where one is
missing. Iceberg's sink looks so for its own last checkpoint, a replay for its commit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tidegate.clients.lake_commits import CHECKPOINT_ID, OPERATOR_ID, ancestors
from tidegate.lake_care.stats import MAIN

JOBS_LAST_COMMIT = "the last commit of a job"
JOB_REMEMBERED_MS = 90 * 86_400_000
"""A job that has not committed for so long is taken for one that is gone."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Snapshots that are older than was asked for, and what needs them: ``the branch replay-…``."""

    why: str
    snapshots: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Expiry:
    """Of ``snapshots`` in all, those that go, and old ones that stay; ``before_ms`` is where old ends."""

    before_ms: int
    snapshots: int
    expired: tuple[int, ...]
    kept: tuple[Kept, ...]


def plan_expiry(metadata: Any, before_ms: int) -> Expiry:
    """By the metadata of a table as pyiceberg has it; times in ms since 1970."""
    main = list(ancestors(metadata))
    old = {each.snapshot_id for each in metadata.snapshots if each.timestamp_ms < before_ms}
    needs = [*_named(metadata, main), *_committed(main, before_ms - JOB_REMEMBERED_MS)]
    cut = max([_young(main, before_ms), *(need.depth for need in needs)])
    stay = {each.snapshot_id for each in main[:cut]} | {held for need in needs for held in need.snapshots}
    kept = [Kept(need.why, tuple(held for held in need.held(main) if held in old)) for need in needs]
    return Expiry(
        before_ms,
        len(metadata.snapshots),
        tuple(each.snapshot_id for each in metadata.snapshots if each.snapshot_id in old - stay),
        tuple(each for each in kept if each.snapshots),
    )


@dataclass(frozen=True, slots=True)
class _Need:
    """So many snapshots of ``main``, the newest first, and some others."""

    why: str
    depth: int = 0
    snapshots: tuple[int, ...] = ()

    def held(self, main: list[Any]) -> list[int]:
        return [*self.snapshots, *(each.snapshot_id for each in main[1 : self.depth])]


def _young(main: list[Any], before_ms: int) -> int:
    """The current snapshot stays however old it is; an older one behind a younger one does too."""
    young = [at for at, each in enumerate(main) if each.timestamp_ms >= before_ms]
    return max(young, default=0) + 1


def _named(metadata: Any, main: list[Any]) -> Iterator[_Need]:
    """A tag holds its snapshot. A branch holds all of its own, and ``main`` back to where it left that: what is
    published from a branch leaves a mark there, which whoever goes on after a crash looks for."""
    place = {each.snapshot_id: at for at, each in enumerate(main)}
    for name, ref in sorted(metadata.refs.items()):
        if name == MAIN:
            continue
        if ref.snapshot_ref_type == "tag":
            yield _Need(f"the tag {name}", 0, (ref.snapshot_id,))
            continue
        line = [each.snapshot_id for each in ancestors(metadata, ref.snapshot_id)]
        own = tuple(each for each in line if each not in place)
        left = next((place[each] + 1 for each in line if each in place), len(main))
        yield _Need(f"the branch {name}", left, own)


def _committed(main: list[Any], since_ms: int) -> Iterator[_Need]:
    """The newest commit of each operator that has written to the table, unless it is long gone."""
    known: set[str] = set()
    for at, snapshot in enumerate(main):
        said = snapshot.summary.additional_properties if snapshot.summary else {}
        operator = said.get(OPERATOR_ID, "")
        if CHECKPOINT_ID in said and operator not in known and snapshot.timestamp_ms >= since_ms:
            known.add(operator)
            yield _Need(JOBS_LAST_COMMIT, at + 1)
