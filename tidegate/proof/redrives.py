"""Which raw records are redriven copies, of which records, and where the ledger says otherwise. Pure.

Two witnesses tell of a copy: its own headers, which name the record whose letter it repairs, and the ledger's entry of
that letter, which names the copy. Both are written in one transaction. What only one of them tells is a fault.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from tidegate.proof.report import LayerVerdict
from tidegate.proof.rows import Difference, Marked, Offsets, Place
from tidegate.proof.window import Window, spans_of

HasLetters = Callable[[list[str]], list[bool]]
"""Tells which ids letters have."""


class Recorded(NamedTuple):
    """What the ledger says of one letter of a raw record; ``copy`` is the record sent in its place, if any was."""

    letter: str
    source: Place
    copy: Place | None = None
    is_parked: bool = False
    is_discarded: bool = False


@dataclass(frozen=True, slots=True)
class Redrives:
    """What is known of redriven records: the ledger's entries of raw records, and the records that headers mark."""

    recorded: Sequence[Recorded] = ()
    marked: Mapping[Place, Marked] = field(default_factory=dict)
    letters: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        recorded: Sequence[Recorded],
        marked: Mapping[Place, Marked],
        has_letters: Callable[[list[str]], list[bool]],
    ) -> "Redrives":
        """Those of which one witness at least is sure; ``has_letters`` tells which ids letters have."""
        named = {each.copy for each in recorded}
        ids = [each.letter for each in recorded]
        letters = frozenset(letter for letter, there in zip(ids, has_letters(ids), strict=True) if there)
        return cls(recorded, {place: mark for place, mark in marked.items() if mark.is_sure or place in named}, letters)

    def newest(self) -> dict[Place, Place]:
        """By origin, its newest copy: that of the last attempt."""
        found: dict[Place, Place] = {}
        for place, mark in sorted(self.marked.items(), key=lambda item: (item[1].attempt, item[0])):
            if mark.origin is not None:
                found[mark.origin] = place
        return found

    def unlettered(self) -> set[Place]:
        """The records of which the ledger names a letter that is not there."""
        return {each.source for each in self.recorded if each.letter not in self.letters}

    def asked(self) -> dict[int, Offsets]:
        """The records whose fates decide what is repaired, by partition."""
        places = set(self.marked) | {mark.origin for mark in self.marked.values() if mark.origin is not None}
        places |= {each.source for each in self.recorded if each.is_parked or each.is_discarded} | self.unlettered()
        return by_partition(places)


def by_partition(places: Iterable[Place]) -> dict[int, Offsets]:
    """Their offsets by partition, sorted and distinct."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for partition, offset in places:
        found[partition].add(offset)
    return {partition: np.array(sorted(offsets), np.int64) for partition, offsets in found.items()}


def origins(recorded: Iterable[Recorded]) -> dict[Place, Place]:
    """By copy, the first record of its chain, as the ledger tells it; nothing of a chain that has no beginning."""
    before = {each.copy: each.source for each in recorded if each.copy is not None}
    return {copy: origin for copy in before if (origin := _first(copy, before)) is not None}


def copies_outside(recorded: Iterable[Recorded], windows: Iterable[Window]) -> dict[int, Offsets]:
    """The copies of the windows' records that lie in none of the windows, by partition."""
    inside = _within(spans_of(windows))
    found = origins(recorded).items()
    return by_partition(copy for copy, origin in found if inside(origin) and not inside(copy))


def compare_ledger(redrives: Redrives, windows: Sequence[Window], outside: Mapping[int, Offsets]) -> LayerVerdict:
    """The ledger against the raw records of the windows and of ``outside``, all of which were read.

    Missing: a copy that no entry names. Doubled: a copy that two records' entries name, and the copies of a record that
    has several. Unexplained: a copy that an entry names and raw does not have, or of another record; a record whose
    entry names a letter that is not there.
    """
    marked, recorded = redrives.marked, redrives.recorded
    held = _within(spans_of(windows))
    highs = {window.partition: window.high for window in windows}
    chains = origins(recorded)
    # A chain whose first entries are lost begins with a copy: its headers know better.
    known = {copy: marked[first].origin if first in marked else first for copy, first in chains.items()}
    picked = {number: {*offsets.tolist()} for number, offsets in outside.items()}

    def was_read(place: Place) -> bool:
        partition, offset = place
        return held(place) or offset in picked.get(partition, ()) or offset >= highs.get(partition, 0)

    named = {each.copy for each in recorded if each.copy is not None and was_read(each.copy)}
    strange = {copy for copy in named if copy not in marked or marked[copy].origin not in (None, known.get(copy))}
    strange |= {place for place in redrives.unlettered() if held(place)}
    twice = {copy for copy in _twice(recorded) if was_read(copy)}
    places = [by_partition(some) for some in (marked.keys() - named, twice, strange)]
    none = np.zeros(0, np.int64)
    partitions = sorted({partition for some in places for partition in some})
    found = {number: Difference(*(some.get(number, none) for some in places)) for number in partitions}
    return LayerVerdict("ledger", len(marked), len(named), found)


def _first(copy: Place, before: Mapping[Place, Place]) -> Place | None:
    at, seen = before[copy], {copy}
    while at in before:
        if at in seen:
            return None
        seen.add(at)
        at = before[at]
    return at


def _twice(recorded: Iterable[Recorded]) -> Iterator[Place]:
    """Copies that entries of several records name, and all copies of a record that has several."""
    pairs = {(each.source, each.copy) for each in recorded if each.copy is not None}
    sources, copies = Counter(source for source, _ in pairs), Counter(copy for _, copy in pairs)
    return (copy for source, copy in pairs if sources[source] > 1 or copies[copy] > 1)


def _within(spans: Mapping[int, tuple[int, int]]) -> Callable[[Place], bool]:
    def inside(place: Place) -> bool:
        start, end = spans.get(place[0], (0, 0))
        return start <= place[1] < end

    return inside
