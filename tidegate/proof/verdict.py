"""The verdict on one raw partition: every offset is in exactly one of silver, dead letter, dropped and duplicate.

Pure arithmetic. A raw record stands for one silver row, or where the dataset explodes an array for one per item. An
offset of the raw topic in the window [start, end) is

* **silver** if silver has each of its rows: with its coordinates and the row's identity,
* **dead_letter** or **dropped** if such a record names it (dead letters of a stage before silver only),
* **duplicate** if none of the three has it, it decodes, and its identity is in silver from another offset,
* **missing** otherwise.

**Doubled** is an offset in two of the first three or twice in one, or whose identity silver already has from an
earlier offset. **Unexplained** is one that an output names and raw does not have (or has with another identity).
"""

from dataclasses import dataclass

import numpy as np

from tidegate.avro.leading_fields import Mask
from tidegate.proof.rows import (
    Difference,
    Fingerprints,
    IdentityIndex,
    Offsets,
    Rows,
    compare,
    identities_repeated,
    make_rows,
    repeated,
)
from tidegate.proof.window import Window


@dataclass(frozen=True, slots=True)
class RawRows:
    """The records of the raw topic as the silver rows they stand for, those of one record one after the other.

    ``decodable`` marks the rows whose identity was read.
    """

    rows: Rows
    decodable: Mask

    def places(self) -> Rows:
        """Each record once, without its identity."""
        partition, offset = self.rows.partition, self.rows.offset
        first = np.ones(len(offset), np.bool_)
        first[1:] = (offset[1:] != offset[:-1]) | (partition[1:] != partition[:-1])
        return make_rows(partition[first], offset[first])

    def of(self, window: Window) -> "RawRows":
        """The records of the window's partition."""
        mine = self.rows.partition == window.partition
        return RawRows(self.rows.where(mine), self.decodable[mine])


@dataclass(frozen=True, slots=True)
class Outputs:
    """What refine wrote: ``silver`` whole, for identities; ``dead_letter`` of the stages before silver."""

    silver: Rows
    dead_letter: Rows
    dropped: Rows


@dataclass(frozen=True, slots=True)
class PartitionVerdict:
    """Counts of one raw partition in its window, and the offsets that break the proof.

    All counts are of records; ``silver_rows`` are more than ``silver`` where records explode.
    ``behind`` of the missing offsets lie beyond the highest offset any output names: refine may not be there yet.
    ``torn`` are those of which silver has some rows and not all, where records explode.
    """

    window: Window
    raw: int
    silver: int
    silver_rows: int
    dead_letter: int
    dropped: int
    duplicate: int
    behind: int
    torn: Offsets
    difference: Difference


@dataclass(frozen=True, slots=True)
class _Silver:
    """What is known of all silver rows: the identities that explain a duplicate, and the rows that repeat one."""

    identities: IdentityIndex
    twice: Rows


def judge(windows: list[Window], raw: RawRows, outputs: Outputs) -> list[PartitionVerdict]:
    """One verdict per window, and one per partition that outputs name and raw does not have at all.

    A partition's rows are picked out again for each of the two passes: to keep all of them would double the memory.
    """
    judged = [*windows, *_strange_windows(windows, outputs)]
    found = [compare(raw.of(window).rows, window.of(outputs.silver)) for window in judged]
    identities = IdentityIndex(_explained_identities(outputs.silver, judged, found))
    silver = _Silver(identities, outputs.silver.where(identities_repeated(outputs.silver)))
    return [
        _judge_partition(window, raw.of(window), outputs, silver, difference)
        for window, difference in zip(judged, found, strict=True)
    ]


def _explained_identities(silver: Rows, windows: list[Window], found: list[Difference]) -> Fingerprints:
    """Those of silver without rows that raw does not have: an invented row makes no event a duplicate."""
    invented = np.zeros(len(silver), np.bool_)
    for window, difference in zip(windows, found, strict=True):
        if len(difference.unexplained):
            invented |= (silver.partition == window.partition) & np.isin(silver.offset, difference.unexplained)
    return silver.identity[~invented] if invented.any() else silver.identity


def _strange_windows(windows: list[Window], outputs: Outputs) -> list[Window]:
    named = np.unique(
        np.concatenate([part.partition for part in (outputs.silver, outputs.dead_letter, outputs.dropped)])
    )
    known = [window.partition for window in windows]
    return [Window(partition, 0, 0, 0) for partition in np.setdiff1d(named, known).tolist()]


def _judge_partition(
    window: Window, raw: RawRows, outputs: Outputs, silver: _Silver, found: Difference
) -> PartitionVerdict:
    source, kept = raw.rows, window.of(outputs.silver).offset
    dead, dropped = window.of(outputs.dead_letter).offset, window.of(outputs.dropped).offset
    claims = [np.setdiff1d(source.offset, found.missing), np.unique(dead), np.unique(dropped)]
    claimed = np.unique(np.concatenate(claims))
    rest = ~np.isin(source.offset, claimed)
    again = raw.decodable[rest] & silver.identities.contains(source.identity[rest])
    # A record whose rows are in silver in part has lost the others; it is no duplicate of itself.
    duplicate = np.setdiff1d(source.offset[rest][again], kept)
    missing = np.setdiff1d(source.offset[rest], duplicate)
    twice = window.of(silver.twice).offset
    highest = max((int(offsets.max()) for offsets in (kept, dead, dropped) if len(offsets)), default=-1)
    return PartitionVerdict(
        window=window,
        raw=len(raw.places()),
        silver=len(np.unique(kept)),
        silver_rows=len(kept),
        dead_letter=len(dead),
        dropped=len(dropped),
        duplicate=len(duplicate),
        behind=int(np.count_nonzero(missing > highest)),
        torn=np.intersect1d(missing, kept),
        difference=Difference(
            missing=missing,
            doubled=_union(found.doubled, repeated(np.concatenate(claims)), repeated(dead), repeated(dropped), twice),
            unexplained=_union(found.unexplained, np.setdiff1d(claimed, source.offset)),
        ),
    )


def _union(*parts: Offsets) -> Offsets:
    return np.unique(np.concatenate(parts))
