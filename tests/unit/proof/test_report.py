"""What a report says of its verdicts, for people and for machines."""

import io
import json
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from tidegate.cli.prove import print_report
from tidegate.proof.report import Finding, LayerVerdict, ProofReport
from tidegate.proof.rows import Difference
from tidegate.proof.verdict import PartitionVerdict, Window
from tidegate.proof.window import parse_offsets

NO_OFFSETS = np.array([], np.int64)


def difference(missing: list[int] | None = None, doubled: list[int] | None = None) -> Difference:
    found = (np.array(values or [], np.int64) for values in (missing, doubled, None))
    return Difference(*found)


def report_of(partitions: list[Difference], bronze: Difference) -> ProofReport:
    verdicts = [
        PartitionVerdict(Window(number, 0, 100, 100), 100, 90, 90, 4, 3, 3, behind=0, torn=NO_OFFSETS, difference=found)
        for number, found in enumerate(partitions)
    ]
    layer = LayerVerdict("lake_bronze", expected=200, actual=199, differences={0: bronze})
    return ProofReport("clicks", tuple(verdicts), (layer,), {"TRUNCATED": 8}, seconds=1.5, peak_rss_mb=80.4)


RIGHT = report_of([difference(), difference()], difference())
WRONG = report_of([difference(missing=[*range(20, 40)]), difference(missing=[7], doubled=[3])], difference(missing=[1]))


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


@pytest.mark.parametrize("report", [RIGHT, WRONG])
def test_the_printed_report_names_every_finding_and_ends_with_the_verdict(report: ProofReport) -> None:
    text = io.StringIO()

    print_report(report, Console(file=text, width=400))

    assert report.verdict() in text.getvalue().splitlines()[-1]
    assert all(", ".join(finding.first) in text.getvalue() for finding in report.findings)


def test_offsets_are_parsed_by_partition() -> None:
    assert parse_offsets("0:100,3:250") == {0: 100, 3: 250}


@pytest.mark.parametrize("text", ["", "0", "0:1:2", "a:b", "2026-11-21T10:00:00Z"])
def test_what_is_no_offsets_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_offsets(text)
