"""Settles verdicts so that a redriven copy and its origin are one event, which counts where its newest copy is. Pure.

A copy has not come in: it is no event of its own, and its verdict is its origin's. An origin, a dead letter, is

* **repaired** if its newest copy is in silver, dropped or a duplicate,
* **parked** if its newest copy is a dead letter again, or it has none, and the ledger says that this letter is parked,
* **dead_letter** as before if it is neither, be it open, in flight or discarded,
* counted by its copy's offset if that is missing, undecided or expired.

So raw is silver, dead letter, repaired, parked, dropped, duplicate, undecided, expired and missing together. A copy of
an event from outside of the windows is in none of these numbers unless it is missing, undecided or expired.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from tidegate.proof.redrives import Redrives, by_partition
from tidegate.proof.rows import Difference, Offsets, Place
from tidegate.proof.verdict import Fate, PartitionVerdict
from tidegate.proof.window import Picked

Counts = defaultdict[int, Counter[str]]
_REPAIRED: tuple[Fate, ...] = ("silver", "dropped", "duplicate")
_COUNTED: tuple[Fate, ...] = (*_REPAIRED, "dead_letter")
"""The fates that are numbers of a verdict; the others are offsets."""
_WITHOUT_TRACE: tuple[Fate, ...] = ("duplicate", "undecided", "expired")
"""What a record may seem to be that has lost its letter: its own repaired copy has its identity."""


def settle(verdicts: Sequence[PartitionVerdict], redrives: Redrives) -> list[PartitionVerdict]:
    """The verdicts on the windows, those on copies outside of them taken in.

    The fates of ``redrives.asked()`` must be known.
    """
    inside = [verdict for verdict in verdicts if not isinstance(verdict.window, Picked)]
    fates = {(each.window.partition, offset): fate for each in verdicts for offset, fate in each.fates.items()}
    ours = {(each.window.partition, offset) for each in inside for offset in each.fates}
    changes: defaultdict[int, Counter[str]] = defaultdict(Counter)
    lost = {place for place in redrives.unlettered() & ours if fates[place] in _WITHOUT_TRACE}
    for place in lost:
        changes[place[0]]["duplicate"] -= fates[place] == "duplicate"
        fates[place] = "missing"
    _leave_out_copies(changes, redrives.marked.keys() & ours, fates)
    _move_origins(changes, redrives, ours, fates)
    unlettered = by_partition(lost)
    outside = {each.window.partition: each for each in verdicts if isinstance(each.window, Picked)}
    return [
        _changed(each, changes[number], unlettered.get(number), outside.get(number))
        for each in inside
        for number in [each.window.partition]
    ]


def _leave_out_copies(changes: Counts, copies: Iterable[Place], fates: Mapping[Place, Fate]) -> None:
    for place in copies:
        changes[place[0]].update(raw=-1, copies=1)
        if fates[place] in _COUNTED:
            changes[place[0]][fates[place]] -= 1


def _move_origins(changes: Counts, redrives: Redrives, ours: set[Place], fates: Mapping[Place, Fate]) -> None:
    newest = redrives.newest()
    parked = {each.source for each in redrives.recorded if each.is_parked}
    discarded = {each.source for each in redrives.recorded if each.is_discarded}
    for origin in ours & (newest.keys() | parked | discarded) - redrives.marked.keys():
        last = newest.get(origin, origin)
        if fates[origin] != "dead_letter" or last not in fates:
            continue
        count = changes[origin[0]]
        if fates[last] == "dead_letter":
            count["discarded"] += last in discarded
            count["parked"] += last in parked
            count["dead_letter"] -= last in parked
        else:
            count["dead_letter"] -= 1
            count["repaired"] += fates[last] in _REPAIRED


def _changed(
    verdict: PartitionVerdict, counts: Counter[str], unlettered: Offsets | None, outside: PartitionVerdict | None
) -> PartitionVerdict:
    """A verdict with other counts, offsets that are missing for want of their letter, and copies from elsewhere."""
    every = [verdict] if outside is None else [verdict, outside]
    missing = [each.difference.missing for each in every] + ([] if unlettered is None else [unlettered])
    return replace(
        verdict,
        raw=verdict.raw + counts["raw"],
        silver=verdict.silver + counts["silver"],
        dead_letter=verdict.dead_letter + counts["dead_letter"],
        repaired=counts["repaired"],
        parked=counts["parked"],
        discarded=counts["discarded"],
        dropped=verdict.dropped + counts["dropped"],
        duplicate=verdict.duplicate + counts["duplicate"],
        copies=counts["copies"],
        difference=Difference(
            missing=_union(missing),
            doubled=_union([each.difference.doubled for each in every]),
            unexplained=_union([each.difference.unexplained for each in every]),
        ),
        behind=sum(each.behind for each in every),
        torn=_union([each.torn for each in every]),
        undecided=_without(_union([each.undecided for each in every]), unlettered),
        expired=_without(_union([each.expired for each in every]), unlettered),
        replayed=_union([each.replayed for each in every]),
    )


def _union(parts: Sequence[Offsets]) -> Offsets:
    return parts[0] if len(parts) == 1 else np.unique(np.concatenate(parts))


def _without(offsets: Offsets, others: Offsets | None) -> Offsets:
    return offsets if others is None else np.setdiff1d(offsets, others)
