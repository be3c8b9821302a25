"""The verdict on one raw partition: every offset is in exactly one of silver, dead letter, dropped and duplicate.

Pure arithmetic. A raw record stands for one silver row, or where the dataset explodes an array for one per item. An
offset of the raw topic in the window [start, end) is

* **silver** if silver has each of its rows: with its coordinates and the row's identity,
* **dead_letter** or **dropped** if such a record names it (dead letters of a stage before silver only),
* **duplicate** if none of the three has it, it decodes, and refine has passed its identity from another offset,
* **undecided** if an output holds it, or the first record of its identity, behind a transaction that is still open,
* **expired** if it may be a duplicate of a record whose silver rows retention has removed,
* **missing** otherwise.

One row of an exploded record may be a dead letter by itself, in place of its silver row.

**Doubled** is an offset in two of the first three or twice in one, or whose identity silver already has from an
earlier offset. **Unexplained** is one that an output names and raw does not have (or has with another identity).

What a replay into the lake has judged has its verdicts in place of the outputs' (see ``replayed``); then it is a
duplicate if the replay says so, never by its identity; then a row of it is doubled.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np

from tidegate.avro.leading_fields import Mask
from tidegate.proof.raw_rows import RawRows
from tidegate.proof.rows import (
    Difference,
    Fingerprints,
    IdentityIndex,
    Offsets,
    Rows,
    compare,
    concat,
    identities_repeated,
    make_rows,
    repeated,
)
from tidegate.proof.window import Window

Fate = Literal["silver", "dead_letter", "dropped", "duplicate", "undecided", "expired", "missing"]


class Judged(Protocol):
    """What replays have judged in the place of refine."""

    def marks(self, rows: Rows) -> Mask:
        """Which rows are of such records."""

    def repeats(self, rows: Rows, by_identity: Mask) -> Mask:
        """Which rows are of duplicates, of those that are not such records by the mask."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """What refine wrote: ``silver`` whole, for identities; ``dead_letter`` of the stages before silver.

    ``refused``: rows of exploded records that are dead letters, by their numbers. ``after_dedup``: the dead letters of
    records whose identities refine had let pass: what repeats one of these has no trace. ``hidden``: what lies behind
    open transactions in any of the three. ``replaced``: the silver rows in whose place those of replays are: they still
    explain what repeats them elsewhere. ``replayed``: which records replays have judged.
    """

    silver: Rows
    dead_letter: Rows
    dropped: Rows
    refused: Rows = field(default_factory=make_rows)
    after_dedup: Rows = field(default_factory=make_rows)
    hidden: Rows = field(default_factory=make_rows)
    replaced: Rows = field(default_factory=make_rows)
    replayed: Judged | None = None


@dataclass(frozen=True, slots=True)
class PartitionVerdict:
    """Counts of one raw partition in its window, and the offsets that break the proof.

    All counts are of records; ``silver_rows`` are more than ``silver`` where records explode.
    ``behind`` of the missing offsets lie beyond the highest offset any output names: refine may not be there yet.
    ``torn`` are those of which silver has some rows and not all, where records explode. ``fates``: what became of the
    offsets that were asked about. ``repaired``, ``parked``, ``discarded`` and ``copies`` are settled afterwards, by
    :mod:`tidegate.proof.repairs`: with them a redriven copy and its origin are one record. ``replayed``: of the
    offsets of ``difference`` those that replays have judged; ``replayed_records``: how many they have in all.
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
    undecided: Offsets = field(default_factory=lambda: np.zeros(0, np.int64))
    expired: Offsets = field(default_factory=lambda: np.zeros(0, np.int64))
    fates: Mapping[int, Fate] = field(default_factory=dict)
    repaired: int = 0
    parked: int = 0
    discarded: int = 0
    copies: int = 0
    replayed: Offsets = field(default_factory=lambda: np.zeros(0, np.int64))
    replayed_records: int = 0

    @property
    def in_topics(self) -> Difference:
        """The difference without what replays have judged."""
        if not len(self.replayed):
            return self.difference
        return Difference(
            np.setdiff1d(self.difference.missing, self.replayed),
            np.setdiff1d(self.difference.doubled, self.replayed),
            np.setdiff1d(self.difference.unexplained, self.replayed),
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of all outputs: the identities that explain a duplicate, and the silver rows that repeat one.

    ``refused``: as in ``Outputs``, by identity. ``expired_before``: by partition, a record before this offset may
    repeat one that retention has removed. ``asked``: by partition, offsets of which the fate is told.
    """

    identities: IdentityIndex
    hidden: IdentityIndex
    twice: Rows
    refused: Rows
    expired_before: Mapping[int, int]
    asked: Mapping[int, Offsets]


def judge(
    windows: list[Window],
    raw: RawRows,
    outputs: Outputs,
    expired_before: Mapping[int, int] | None = None,
    asked: Mapping[int, Offsets] | None = None,
) -> list[PartitionVerdict]:
    """One verdict per window, and one per partition that outputs name and raw does not have at all.

    ``asked``: by partition, the offsets of which a verdict tells the fate.

    A partition's rows are picked out again for each of the two passes: to keep all of them would double the memory.
    """
    judged = [*windows, *_strange_windows(windows, outputs)]
    refused = raw.numbered(outputs.refused)
    found = [_compared(window, raw, outputs, refused) for window in judged]
    explained = _explained_identities(outputs.silver, judged, found)
    passed = [refused.identity, raw.at(outputs.after_dedup).identity, _replaced_identities(outputs, raw, judged)]
    passed = [part for part in passed if len(part)]
    known = _Known(
        identities=IdentityIndex(np.concatenate([explained, *passed]) if passed else explained),
        hidden=IdentityIndex(outputs.hidden.identity[outputs.hidden.identity.any(axis=1)]),
        twice=outputs.silver.where(identities_repeated(outputs.silver)),
        refused=refused,
        expired_before=expired_before or {},
        asked=asked or {},
    )
    return [
        _judge_partition(window, raw.of(window), outputs, known, difference)
        for window, difference in zip(judged, found, strict=True)
    ]


def _compared(window: Window, raw: RawRows, outputs: Outputs, refused: Rows) -> Difference:
    silver, others = window.of(outputs.silver), window.of(refused)
    return compare(raw.of(window).rows, concat([silver, others]) if len(others) else silver)


def _explained_identities(silver: Rows, windows: list[Window], found: list[Difference]) -> Fingerprints:
    """Those of silver without rows that raw does not have: an invented row makes no event a duplicate."""
    invented = np.zeros(len(silver), np.bool_)
    for window, difference in zip(windows, found, strict=True):
        if len(difference.unexplained):
            invented |= (silver.partition == window.partition) & np.isin(silver.offset, difference.unexplained)
    return silver.identity[~invented] if invented.any() else silver.identity


def _replaced_identities(outputs: Outputs, raw: RawRows, windows: list[Window]) -> Fingerprints:
    """The same of rows that a replay's have replaced, which are compared with raw nowhere else."""
    replaced = outputs.replaced
    if outputs.replayed is None or not len(replaced):
        return replaced.identity
    held = raw.rows.where(outputs.replayed.marks(raw.rows))
    found = [compare(window.of(held), window.of(replaced)) for window in windows]
    return _explained_identities(replaced, windows, found)


def _strange_windows(windows: list[Window], outputs: Outputs) -> list[Window]:
    named = np.unique(
        np.concatenate(
            [part.partition for part in (outputs.silver, outputs.dead_letter, outputs.dropped, outputs.refused)]
        )
    )
    known = [window.partition for window in windows]
    return [Window(partition, 0, 0, 0) for partition in np.setdiff1d(named, known).tolist()]


def _judge_partition(
    window: Window, raw: RawRows, outputs: Outputs, known: _Known, found: Difference
) -> PartitionVerdict:
    source, kept = raw.rows, window.of(outputs.silver).offset
    refused = window.of(known.refused).offset
    dead, dropped = window.of(outputs.dead_letter).offset, window.of(outputs.dropped).offset
    claims = [np.setdiff1d(source.offset, found.missing), np.unique(dead), np.unique(dropped)]
    claimed = np.unique(np.concatenate(claims))
    rest = raw.where(~np.isin(source.offset, claimed))
    # A record whose rows are in silver in part has lost the others; it is no duplicate of itself.
    begun = _union(kept, refused)
    repeats = rest.decodable & known.identities.contains(rest.rows.identity)
    if outputs.replayed is not None:
        repeats = outputs.replayed.repeats(rest.rows, repeats)
    duplicate = np.setdiff1d(rest.rows.offset[repeats], begun)
    # Nothing of what a replay has judged is still to come, or was its to forget.
    open_ones = rest if outputs.replayed is None else rest.where(~outputs.replayed.marks(rest.rows))
    undecided = np.setdiff1d(_hidden_offsets(window, open_ones, outputs.hidden, known.hidden), duplicate)
    lost = np.setdiff1d(rest.rows.offset, _union(duplicate, undecided))
    expired = np.intersect1d(lost[lost < known.expired_before.get(window.partition, 0)], open_ones.decodable_offsets())
    expired = np.setdiff1d(expired, begun)
    missing = np.setdiff1d(lost, expired)
    highest = max((int(offsets.max()) for offsets in (begun, dead, dropped) if len(offsets)), default=-1)
    whole_claims = np.concatenate([np.unique(kept), np.unique(dead), np.unique(dropped)])
    refused_whole = np.setdiff1d(refused, kept)
    sets: dict[Fate, Offsets] = {"silver": kept, "dead_letter": _union(dead, refused_whole), "dropped": dropped}
    sets |= {"duplicate": duplicate, "undecided": undecided, "expired": expired, "missing": missing}
    difference = Difference(
        missing=missing,
        doubled=_union(
            found.doubled,
            *map(repeated, (np.concatenate(claims), whole_claims, dead, dropped)),
            window.of(known.twice).offset,
            _of_duplicates(window.of(outputs.silver), outputs.replayed),
        ),
        unexplained=_union(found.unexplained, np.setdiff1d(claimed, source.offset)),
    )
    places, judged = raw.places(), _replayed(window, difference, outputs.replayed)
    return PartitionVerdict(
        window=window,
        raw=len(places),
        silver=len(np.unique(kept)),
        silver_rows=len(kept),
        dead_letter=len(dead) + len(refused_whole),
        dropped=len(dropped),
        duplicate=len(duplicate),
        behind=int(np.count_nonzero(np.setdiff1d(missing, judged) > highest)),
        torn=np.intersect1d(missing, begun),
        difference=difference,
        undecided=undecided,
        expired=expired,
        fates=_fates(known.asked.get(window.partition), source.offset, sets),
        replayed=judged,
        replayed_records=0 if outputs.replayed is None else int(outputs.replayed.marks(places).sum()),
    )


def _of_duplicates(silver: Rows, judged: Judged | None) -> Offsets:
    """The rows of records that repeat others by what replays have judged, though these may be known to no topic."""
    if judged is None:
        return np.zeros(0, np.int64)
    return silver.offset[judged.repeats(silver, np.zeros(len(silver), np.bool_))]


def _replayed(window: Window, difference: Difference, judged: Judged | None) -> Offsets:
    """The offsets of the difference that replays have judged."""
    if judged is None:
        return np.zeros(0, np.int64)
    offsets = _union(difference.missing, difference.doubled, difference.unexplained)
    return offsets[judged.marks(make_rows(np.full(len(offsets), window.partition), offsets))]


def _fates(asked: Offsets | None, held: Offsets, sets: Mapping[Fate, Offsets]) -> dict[int, Fate]:
    """In which of the sets each offset is that raw holds; in the last of them where it is in several."""
    if asked is None or not len(asked):
        return {}
    among = asked[np.isin(asked, held)]
    return {offset: fate for fate, some in sets.items() for offset in among[np.isin(among, some)].tolist()}


def _hidden_offsets(window: Window, rest: RawRows, hidden: Rows, identities: IdentityIndex) -> Offsets:
    """Of the records without a verdict, those that are behind an open transaction, or their first ones are."""
    by_place = np.isin(rest.rows.offset, window.of(hidden).offset)
    by_identity = rest.decodable & identities.contains(rest.rows.identity)
    offsets: Offsets = np.unique(rest.rows.offset[by_place | by_identity])
    return offsets


def _union(*parts: Offsets) -> Offsets:
    return np.unique(np.concatenate(parts))
