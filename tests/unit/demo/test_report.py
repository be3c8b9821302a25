"""The report: expectation against proof, and its keys."""

import json
from pathlib import Path

import numpy as np
import pytest

from tidegate.demo.report import Measured, as_json, compare, write
from tidegate.measure.percentiles import percentiles
from tidegate.proof.report import LayerVerdict, ProofReport
from tidegate.proof.rows import Difference
from tidegate.proof.verdict import PartitionVerdict
from tidegate.proof.window import Window

NO_OFFSETS = np.array([], np.int64)
NOTHING = Difference(NO_OFFSETS, NO_OFFSETS, NO_OFFSETS)
SUMMARY = {
    "delivered": 10,
    "rate_per_s": 1000.0,
    "bad": {"empty": {"count": 1, "error_code": "EMPTY_VALUE"}, "price": {"count": 1, "error_code": "RULE_VIOLATED"}},
    "expected": {"silver": 6, "dead_letter": 2, "dropped": 1, "duplicate": 1},
}
REASONS = {"EMPTY_VALUE": 1, "RULE_VIOLATED": 1}
MEASURED = Measured(1000.0, percentiles([900.0]), percentiles([4000.0]), 0, 42.5, {"kafka": 400, "stack": 2600})


def proof(*, silver: int = 6, missing: int = 0) -> ProofReport:
    difference = Difference(np.arange(missing, dtype=np.int64), NO_OFFSETS, NO_OFFSETS)
    partition = PartitionVerdict(Window(0, 0, 10, 10), 10, silver, silver, 2, 1, 1, 0, NO_OFFSETS, difference)
    layers = [LayerVerdict(name, 10, 10, {0: NOTHING}) for name in ("lake_bronze", "lake_silver", "index")]
    return ProofReport("clicks", (partition,), tuple(layers), REASONS, 1.0, 100.0)


def test_what_was_expected_and_found_agrees() -> None:
    assert compare(SUMMARY, proof(), REASONS).agrees


@pytest.mark.parametrize(
    ("summary", "found", "reasons"),
    [
        (SUMMARY, proof(silver=5), REASONS),
        (SUMMARY, proof(), {"EMPTY_VALUE": 2}),
        ({**SUMMARY, "delivered": 11}, proof(), REASONS),
    ],
    ids=["a verdict differs", "a reason differs", "not all that was sent arrived"],
)
def test_a_difference_is_no_agreement(summary: dict[str, object], found: ProofReport, reasons: dict[str, int]) -> None:
    assert not compare(summary, found, reasons).agrees


def test_a_replayed_file_foretells_only_how_much_it_sent() -> None:
    replayed = {"delivered": 10, "rate_per_s": 5.0}

    assert compare(replayed, proof(silver=3), {"TRUNCATED": 7}).agrees
    assert not compare({**replayed, "delivered": 9}, proof(), {}).agrees


def test_the_report_has_the_keys_that_tools_rely_on(tmp_path: Path) -> None:
    report = as_json(proof(), compare(SUMMARY, proof(), REASONS), MEASURED, [])
    write(tmp_path / "demo" / "report.json", report)

    read = json.loads((tmp_path / "demo" / "report.json").read_text())
    counts = {"produced", "silver", "dead_letter", "dropped", "duplicate", "missing", "doubled"}
    layers = {"lake_bronze_rows", "lake_silver_rows", "indexed_docs"}
    assert counts | layers <= read["datasets"]["clicks"].keys()
    assert read["ok"] and read["holds"]
    assert read["searchable_latency_ms"]["p99"] == 4000.0
    assert read["rate_achieved"] == 1000.0


def test_a_missing_event_is_not_ok() -> None:
    broken = proof(silver=5, missing=1)

    report = as_json(broken, compare(SUMMARY, broken, REASONS), MEASURED, [])

    assert (report["ok"], report["holds"]) == (False, False)
    assert report["datasets"]["clicks"]["missing"] == 1
