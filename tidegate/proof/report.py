"""What a proof found, as values; ``to_json`` is the machine-readable form with stable keys."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from tidegate.proof.content import ContentVerdict
from tidegate.proof.rows import Difference
from tidegate.proof.strangers import Strangers
from tidegate.proof.verdict import PartitionVerdict

Fault = Literal["missing", "doubled", "unexplained"]
Found = Literal["missing", "doubled", "unexplained", "changed"]
Count = Literal[
    "raw", "silver", "silver_rows", "dead_letter", "repaired", "parked", "discarded", "dropped", "duplicate", "copies"
]
LayerName = Literal["topics", "replays", "ledger", "lake_bronze", "lake_silver", "index"]
ACCOUNTED: tuple[Count, ...] = ("silver", "dead_letter", "repaired", "parked", "dropped", "duplicate")
"""The counts that say what became of an event."""
FAULTS: tuple[Fault, ...] = ("missing", "doubled", "unexplained")
FIRST = 10


@dataclass(frozen=True, slots=True)
class LayerVerdict:
    """A lake table or an index against the topic it is made from; ``actual`` counts its rows in the window.

    ``strangers`` are what it holds without coordinates: of no window, and unexplained. ``named``: faults of what has
    no place in raw, such as an action.
    """

    name: LayerName
    expected: int
    actual: int
    differences: dict[int, Difference]
    strangers: Strangers = field(default_factory=Strangers)
    named: Mapping[Fault, Strangers] = field(default_factory=dict)

    @property
    def lacks(self) -> bool:
        """Whether something is missing."""
        return "missing" in self.named or any(len(each.missing) for each in self.differences.values())

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say of it."""
        return not (self.expected or self.differences or self.named)

    @property
    def unplaced(self) -> Mapping[Fault, Strangers]:
        """All faults of what has no place in raw."""
        unexplained = self.strangers + self.named.get("unexplained", Strangers())
        return {**self.named, "unexplained": unexplained}


@dataclass(frozen=True, slots=True)
class Finding:
    """The first raw offsets with one fault in one layer, or what is none of ours; ``count`` is how many there are."""

    layer: LayerName
    fault: Found
    count: int
    first: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProofReport:
    """The whole proof of one dataset; ``dead_letters`` counts those of the window by error code, the index's too.

    ``strangers`` are records of the outputs that can't be read. ``doubtful`` of silver's may be a job's all the same,
    their schemas are not known. ``notes`` say what the proof is not about, one line each. ``contents``: of the layers
    whose rows were compared column by column.
    """

    dataset: str
    partitions: tuple[PartitionVerdict, ...]
    layers: tuple[LayerVerdict, ...]
    dead_letters: dict[str, int]
    seconds: float
    peak_rss_mb: float
    strangers: Strangers = field(default_factory=Strangers)
    doubtful: int = 0
    notes: tuple[str, ...] = ()
    contents: tuple[ContentVerdict, ...] = ()

    @property
    def holds(self) -> bool:
        """Nothing is missing, doubled, unexplained, changed or undecided, in any layer."""
        return not self.findings and not self.undecided

    @property
    def findings(self) -> list[Finding]:
        """One finding per layer and fault that occurs."""
        found = [
            Finding(layer, fault, count, first)
            for layer, differences, others in self._differences()
            for fault in FAULTS
            for count, first in [_first_places(differences, fault, others)]
            if count
        ]
        changed = [each for each in self.contents if each.changed]
        return found + [Finding(each.name, "changed", each.changed, tuple(map(str, each.first))) for each in changed]

    @property
    def changed(self) -> int:
        """Rows whose content is not as it must be, of those that were compared."""
        return sum(each.changed for each in self.contents)

    @property
    def behind(self) -> int:
        """Missing offsets beyond all that refine has written: it may only be late."""
        return sum(verdict.behind for verdict in self.partitions)

    @property
    def undecided(self) -> int:
        """Events that an output holds behind a transaction that is still open, or that repeat one of these."""
        return sum(len(verdict.undecided) for verdict in self.partitions)

    @property
    def expired(self) -> int:
        """Events that are lost, or repeat one whose silver rows retention has removed: nobody can tell any more."""
        return sum(len(verdict.expired) for verdict in self.partitions)

    def total(self, column: Count) -> int:
        """The sum of a column over the partitions."""
        return sum(int(getattr(verdict, column)) for verdict in self.partitions)

    def accounted(self) -> dict[str, int]:
        """What became of the events, by verdict, those with none too: together they are all that came in.

        An event that is doubled may be there under two.
        """
        counts = {count.replace("_", " "): self.total(count) for count in ACCOUNTED}
        missing = sum(len(verdict.difference.missing) for verdict in self.partitions)
        return {**counts, "undecided": self.undecided, "expired": self.expired, "missing": missing}

    def faults(self, fault: Fault, layer: LayerName | None = None) -> int:
        """How many offsets have this fault, in one layer or in all."""
        return sum(
            _first_places(differences, fault, others)[0]
            for name, differences, others in self._differences()
            if layer in (None, name)
        )

    def verdict(self) -> str:
        """One sentence."""
        if not self.partitions:
            return self._verdict_on_content()
        events = f"{self.total('raw'):,} events of {self.dataset}"
        if self.holds:
            against = ", ".join(layer.name.replace("_", " ") for layer in self.layers if layer.name != "replays")
            return f"The proof holds: {events} are each accounted for once{f', also in {against}' * bool(against)}."
        others = {"changed": self.changed, "undecided": self.undecided}
        counts: dict[str, int] = {fault: self.faults(fault) for fault in FAULTS} | others
        faults = ", ".join(f"{count:,} {fault}" for fault, count in counts.items() if count)
        return f"The proof does not hold: of {events}, {faults}."

    def _verdict_on_content(self) -> str:
        records = f"{sum(each.compared for each in self.contents[:1]):,} records of {self.dataset}"
        if self.holds:
            return f"The content holds: {records} are as they must be."
        return f"The content does not hold: of {records}, {self.changed:,} rows or documents are changed."

    def to_json(self) -> dict[str, Any]:
        """The report with stable keys.

        ``holds``, ``verdict``, ``seconds``, ``peak_rss_mb`` (its processes together, at most), ``behind``, ``notes``
        (what the proof is not about); ``datasets.<name>``: produced, silver, dead_letter, repaired, parked, dropped,
        duplicate, undecided, expired (events of the window), copies (redriven records, which are no events of their
        own), discarded (of dead_letter), silver_rows, missing, doubled, unexplained (offsets, all layers;
        and records that can't be read), changed (rows), contents (what was compared column by column),
        lake_bronze_rows, lake_silver_rows, indexed_docs
        (null if left out), dead_letters (by error code), partitions (the same per raw partition, with start
        and end offset), findings (layer, fault, count, first: ``partition:offset``).
        """
        rows = {layer.name: layer.actual for layer in self.layers}
        return {
            "holds": self.holds,
            "verdict": self.verdict(),
            "seconds": round(self.seconds, 2),
            "peak_rss_mb": round(self.peak_rss_mb),
            "behind": self.behind,
            "notes": [*self.notes],
            "datasets": {
                self.dataset: {
                    "produced": self.total("raw"),
                    "silver": self.total("silver"),
                    "silver_rows": self.total("silver_rows"),
                    "dead_letter": self.total("dead_letter"),
                    "repaired": self.total("repaired"),
                    "parked": self.total("parked"),
                    "discarded": self.total("discarded"),
                    "dropped": self.total("dropped"),
                    "duplicate": self.total("duplicate"),
                    "copies": self.total("copies"),
                    "undecided": self.undecided,
                    "expired": self.expired,
                    **{fault: self.faults(fault) for fault in FAULTS},
                    "changed": self.changed,
                    "contents": [each.to_json() for each in self.contents],
                    "lake_bronze_rows": rows.get("lake_bronze"),
                    "lake_silver_rows": rows.get("lake_silver"),
                    "indexed_docs": rows.get("index"),
                    "dead_letters": self.dead_letters,
                    "partitions": [_partition_json(verdict) for verdict in self.partitions],
                    "findings": [
                        {"layer": found.layer, "fault": found.fault, "count": found.count, "first": [*found.first]}
                        for found in self.findings
                    ],
                }
            },
        }

    def _differences(self) -> Iterator[tuple[LayerName, dict[int, Difference], Mapping[Fault, Strangers]]]:
        topics = {verdict.window.partition: verdict.in_topics for verdict in self.partitions}
        yield "topics", topics, {"unexplained": self.strangers}
        for layer in self.layers:
            yield layer.name, layer.differences, layer.unplaced


def _first_places(
    differences: dict[int, Difference], fault: Fault, unplaced: Mapping[Fault, Strangers]
) -> tuple[int, tuple[str, ...]]:
    offsets = {partition: getattr(difference, fault) for partition, difference in differences.items()}
    places = [(offset, number) for number, found in offsets.items() for offset in found[:FIRST].tolist()]
    first = [f"{number}:{offset}" for offset, number in sorted(places)[:FIRST]]
    others = unplaced.get(fault, Strangers())
    return sum(map(len, offsets.values())) + others.count, (*first, *others.first)[:FIRST]


def _partition_json(verdict: PartitionVerdict) -> dict[str, int]:
    return {
        "partition": verdict.window.partition,
        "start": verdict.window.start,
        "end": verdict.window.end,
        "raw": verdict.raw,
        "silver": verdict.silver,
        "silver_rows": verdict.silver_rows,
        "dead_letter": verdict.dead_letter,
        "repaired": verdict.repaired,
        "parked": verdict.parked,
        "dropped": verdict.dropped,
        "duplicate": verdict.duplicate,
        "undecided": len(verdict.undecided),
        "expired": len(verdict.expired),
        **{fault: int(np.size(getattr(verdict.difference, fault))) for fault in FAULTS},
    }
