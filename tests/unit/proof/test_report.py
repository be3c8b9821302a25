"""What a report says of its verdicts."""

import json
from typing import Any

from tests.unit.proof.reports import RIGHT, WRONG
from tidegate.proof.report import Finding


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
