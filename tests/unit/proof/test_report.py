"""What a report says of its verdicts."""

import json
from dataclasses import replace
from typing import Any

import numpy as np

from tests.unit.proof.reports import RIGHT, WRONG
from tidegate.proof.report import Finding
from tidegate.proof.strangers import Strangers


def test_a_report_without_faults_holds() -> None:
    assert RIGHT.holds
    assert RIGHT.findings == []
    assert RIGHT.verdict().startswith("The proof holds: 200 events")


def test_findings_name_the_first_offsets_of_each_fault() -> None:
    assert WRONG.findings == [
        Finding("topics", "missing", 21, ("1:7", *(f"0:{offset}" for offset in range(20, 29)))),
        Finding("topics", "doubled", 1, ("1:3",)),
        Finding("lake_bronze", "missing", 1, ("0:1",)),
    ]
    assert WRONG.verdict() == "The proof does not hold: of 200 events of clicks, 22 missing, 1 doubled."


def test_the_json_has_the_keys_that_machines_read() -> None:
    facts: dict[str, Any] = json.loads(json.dumps(WRONG.to_json()))

    clicks = facts["datasets"]["clicks"]
    assert facts["holds"] is False
    assert (clicks["produced"], clicks["silver"], clicks["dead_letter"]) == (200, 180, 8)
    assert (clicks["dropped"], clicks["duplicate"]) == (6, 6)
    assert (clicks["missing"], clicks["doubled"], clicks["unexplained"]) == (22, 1, 0)
    assert (clicks["lake_bronze_rows"], clicks["lake_silver_rows"], clicks["indexed_docs"]) == (199, None, None)
    assert [partition["missing"] for partition in clicks["partitions"]] == [20, 1]


def test_what_is_undecided_breaks_the_proof_and_what_is_expired_does_not() -> None:
    first, *others = RIGHT.partitions
    some = np.array([1, 2], np.int64)

    undecided = replace(RIGHT, partitions=(replace(first, undecided=some), *others))
    expired = replace(RIGHT, partitions=(replace(first, expired=some), *others))

    assert (undecided.holds, undecided.findings) == (False, [])
    assert undecided.verdict() == "The proof does not hold: of 200 events of clicks, 2 undecided."
    assert expired.holds
    facts = expired.to_json()["datasets"]["clicks"]
    assert (facts["undecided"], facts["expired"], facts["partitions"][0]["expired"]) == (0, 2, 2)


def test_what_is_none_of_ours_is_unexplained_and_named_by_its_place() -> None:
    report = replace(RIGHT, strangers=Strangers.at(["silver.clicks:0:7"]))

    assert report.findings == [Finding("topics", "unexplained", 1, ("silver.clicks:0:7",))]
    assert report.faults("unexplained") == 1
    assert not report.holds


def test_repaired_and_parked_events_and_their_copies_are_in_the_json() -> None:
    first, *others = RIGHT.partitions
    settled = replace(first, repaired=3, parked=2, copies=6, discarded=1)

    facts = replace(RIGHT, partitions=(settled, *others)).to_json()["datasets"]["clicks"]

    assert [facts[key] for key in ("repaired", "parked", "copies", "discarded")] == [3, 2, 6, 1]
    assert [facts["partitions"][0][key] for key in ("repaired", "parked")] == [3, 2]


def test_what_replays_have_judged_is_no_fault_of_the_topics() -> None:
    """It is one of the layer that says so; the partition's numbers add up with it."""
    first, second = WRONG.partitions
    judged = replace(second, replayed=np.array([3, 7]))
    report = replace(WRONG, partitions=(first, judged))
    assert [(found.layer, found.fault, found.count) for found in report.findings] == [
        ("topics", "missing", 20),
        ("lake_bronze", "missing", 1),
    ]
    assert report.accounted()["missing"] == 21
