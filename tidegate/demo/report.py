"""The report of a run: what was expected beside what is there, and all that was measured; pure but for writing.

``report.json``: ``holds`` and ``verdict`` (of the proof); ``ok`` (also what was expected came true);
``datasets.clicks`` (the proof's counts of the whole topic, see ``tidegate prove --json``); ``run`` (this run's
events: expected, actual, agrees); ``rate_achieved``; ``searchable_latency_ms`` and ``committed_latency_ms`` (p50,
p99, samples); ``first_searchable_s`` (from the command's start); ``seconds`` by phase; ``peak_rss_mb`` by process;
``queries``; ``producer`` (its own summary, as ``tidegate produce --json`` prints it).
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tidegate.measure.percentiles import Percentiles
from tidegate.proof.report import ProofReport

Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the producer meant to happen to its events against what did; ``expected`` is None for a replayed file."""

    sent: int
    produced: int
    expected: Counts | None
    actual: Counts
    expected_reasons: Counts | None
    actual_reasons: Counts

    @property
    def agrees(self) -> bool:
        """All that was sent arrived and, as far as the producer knew, became what was expected."""
        return (
            self.sent == self.produced
            and self.expected in (None, self.actual)
            and self.expected_reasons in (None, self.actual_reasons)
        )

    def as_json(self) -> dict[str, Any]:
        """For the report."""
        return {
            "sent": self.sent,
            "produced": self.produced,
            "expected": self.expected,
            "actual": self.actual,
            "expected_dead_letters": self.expected_reasons,
            "actual_dead_letters": self.actual_reasons,
            "agrees": self.agrees,
        }


def compare(summary: Mapping[str, Any], proof: ProofReport, reasons_seen: Mapping[str, int]) -> Comparison:
    """The producer's summary against a proof of exactly its events, and the dead letters seen meanwhile."""
    reasons: Counter[str] = Counter()
    for entry in summary.get("bad", {}).values():
        reasons[entry["error_code"]] += entry["count"]
    expected = summary.get("expected")
    return Comparison(
        sent=summary["delivered"],
        produced=proof.total("raw"),
        expected=None if expected is None else dict(expected),
        actual={
            "silver": proof.total("silver"),
            # Those that were sent again since and are in silver, too.
            "dead_letter": proof.total("dead_letter") + proof.total("repaired"),
            "dropped": proof.total("dropped"),
            "duplicate": proof.total("duplicate"),
        },
        expected_reasons=None if expected is None else dict(reasons),
        actual_reasons=dict(reasons_seen),
    )


@dataclass(frozen=True, slots=True)
class Measured:
    """What the run measured; ``not_found`` sampled events were in silver but not found by a search at the end."""

    rate_achieved: float
    committed: Percentiles
    searchable: Percentiles
    not_found: int
    first_searchable_s: float | None
    peak_rss_mb: Counts


def as_json(
    proof: ProofReport, comparison: Comparison, measured: Measured, answers: list[dict[str, Any]]
) -> dict[str, Any]:
    """The report but for the seconds by phase, which only the end of the run knows."""
    proved = proof.to_json()
    return {
        "ok": proof.holds and comparison.agrees,
        "holds": proof.holds,
        "verdict": proved["verdict"],
        "datasets": proved["datasets"],
        "run": comparison.as_json(),
        "rate_achieved": measured.rate_achieved,
        "committed_latency_ms": measured.committed.as_json(),
        "searchable_latency_ms": {**measured.searchable.as_json(), "not_found": measured.not_found},
        "first_searchable_s": measured.first_searchable_s,
        "peak_rss_mb": measured.peak_rss_mb,
        "queries": answers,
    }


def write(path: Path, report: Mapping[str, Any]) -> None:
    """Writes the report as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=2) + "\n")
