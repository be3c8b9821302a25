"""Histories of events with redrives, as a plain program tells them; and what topics and ledger then hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from hypothesis import strategies as st

from tidegate.proof.raw_rows import RawRows
from tidegate.proof.redrives import Recorded, Redrives, copies_outside
from tidegate.proof.repairs import settle
from tidegate.proof.rows import Marked, Place, Rows, fingerprints, make_rows
from tidegate.proof.verdict import Outputs, PartitionVerdict, judge
from tidegate.proof.window import Picked, Window

PARTITIONS = 2
ENDS = ("silver", "dead_letter", "dropped", "duplicate", "parked", "discarded", "missing")
"""How an event may end. Its records before the last one are dead letters."""


@dataclass
class Event:
    """The places of its records, the origin first, and what became of the last."""

    identity: str
    end: str
    places: list[Place] = field(default_factory=list)


@dataclass
class History:
    """Events whose records came into two partitions in some order; ``windows``: what a proof is about."""

    events: list[Event]
    windows: list[Window]

    def of(self, places: Sequence[Place], identities: Sequence[str]) -> RawRows:
        rows = make_rows([p for p, _ in places], [o for _, o in places], fingerprints(map(str.encode, identities)))
        return RawRows(rows, np.ones(len(rows), np.bool_))

    def raw(self, outside: dict[int, list[int]]) -> RawRows:
        """What a proof reads: the windows' records, and these offsets from outside."""
        inside = {window.partition: range(window.start, window.end) for window in self.windows}
        read = [
            (place, event.identity)
            for event in self.events
            for place in event.places
            if place[1] in inside[place[0]] or place[1] in outside.get(place[0], [])
        ]
        read.sort()
        return self.of([place for place, _ in read], [identity for _, identity in read])

    def outputs(self) -> Outputs:
        ended = {end: [event for event in self.events if event.end == end] for end in ENDS}
        letters = [place for event in self.events for place in event.places[:-1]]
        for end in ("dead_letter", "parked", "discarded"):
            letters += [event.places[-1] for event in ended[end]]
        silver = self.of([event.places[-1] for event in ended["silver"]], [event.identity for event in ended["silver"]])
        return Outputs(
            silver=silver.rows,
            dead_letter=_places(letters),
            dropped=_places(event.places[-1] for event in ended["dropped"]),
        )

    def redrives(self) -> Redrives:
        recorded: list[Recorded] = []
        marked: dict[Place, Marked] = {}
        for event in self.events:
            for attempt, (source, copy) in enumerate(zip(event.places, event.places[1:], strict=False), 1):
                recorded.append(Recorded(f"{source}", source, copy))
                marked[copy] = Marked(event.places[0], attempt)
            if event.end in ("parked", "discarded"):
                last = event.places[-1]
                recorded.append(Recorded(f"{last}", last, None, event.end == "parked", event.end == "discarded"))
        return Redrives(recorded, marked, frozenset(each.letter for each in recorded))

    def expected(self) -> dict[str, int]:
        """What a proof must count, event by event."""
        spans = {window.partition: range(window.start, window.end) for window in self.windows}
        came = [event for event in self.events if event.places[0][1] in spans[event.places[0][0]]]
        counts = dict.fromkeys(("raw", "silver", "dead_letter", "repaired", "parked", "dropped", "duplicate"), 0)
        for event in came:
            counts["raw"] += 1
            if event.end in ("silver", "dropped", "duplicate"):
                counts["repaired" if len(event.places) > 1 else event.end] += 1
            elif event.end in ("dead_letter", "parked"):
                counts[event.end] += 1
            elif event.end == "discarded":
                counts["dead_letter"] += 1
        return counts

    def missing(self) -> set[Place]:
        """The records without a verdict that a proof must name: the windows' own, and copies of the windows' events."""
        spans = {window.partition: range(window.start, window.end) for window in self.windows}
        inside = [
            event
            for event in self.events
            if event.end == "missing" and any(p[1] in spans[p[0]] for p in (event.places[0], event.places[-1]))
        ]
        return {event.places[-1] for event in inside}


@st.composite
def histories(draw: st.DrawFn) -> History:
    """Up to twelve events of up to four records each, in any order that keeps an event's own; duplicates repeat the
    first of all.
    """
    events = [
        Event("first" if end == "duplicate" else str(number), end)
        for number, end in enumerate(draw(st.lists(st.sampled_from(ENDS), min_size=1, max_size=12)))
    ]
    turns = [event for event in events for _ in range(draw(st.integers(1, 4)))]
    events.insert(0, Event("first", "silver", [(0, 0)]))
    ends = [1] + [0] * (PARTITIONS - 1)
    for event in draw(st.permutations(turns)):
        partition = draw(st.integers(0, PARTITIONS - 1))
        event.places.append((partition, ends[partition]))
        ends[partition] += 1
    windows = []
    for partition, high in enumerate(ends):
        start, end = sorted((draw(st.integers(0, high)), draw(st.integers(0, high))))
        windows.append(Window(partition, start, end, high))
    return History(events, windows)


def judged(
    history: History, redrives: Redrives | None = None, outputs: Outputs | None = None
) -> list[PartitionVerdict]:
    """The verdicts, as the topics' evidence makes them."""
    redrives = history.redrives() if redrives is None else redrives
    outside = copies_outside(redrives.recorded, history.windows)
    raw = history.raw({number: offsets.tolist() for number, offsets in outside.items()})
    read = {*zip(raw.rows.partition.tolist(), raw.rows.offset.tolist(), strict=True)}
    marks = {place: mark for place, mark in redrives.marked.items() if place in read}
    redrives = Redrives(redrives.recorded, marks, redrives.letters)
    picked = [Picked.of_offsets(number, offsets) for number, offsets in outside.items()]
    verdicts = judge(
        [*history.windows, *picked], raw, history.outputs() if outputs is None else outputs, asked=redrives.asked()
    )
    return settle([each for each in verdicts if each.window.partition < PARTITIONS], redrives)


def _places(places: Iterable[Place]) -> Rows:
    found = [*places]
    return make_rows([partition for partition, _ in found], [offset for _, offset in found])
