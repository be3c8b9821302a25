"""The printed report: what a person must be able to read off it, in a wide terminal and in a narrow one."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from tests.unit.proof.reports import RIGHT, WRONG
from tidegate.proof.content import ContentVerdict
from tidegate.proof.next_steps import next_step
from tidegate.proof.notes import COMPARED
from tidegate.proof.report import ProofReport
from tidegate.proof.show import print_report


def printed(report: ProofReport, width: int = 400) -> str:
    text = io.StringIO()
    print_report(report, Console(file=text, width=width))
    return text.getvalue()


@pytest.mark.parametrize("report", [RIGHT, WRONG])
def test_the_printed_report_names_every_finding_and_ends_with_the_verdict(report: ProofReport) -> None:
    text = printed(report)
    assert report.verdict() in text.splitlines()[-1]
    assert all(", ".join(finding.first) in text for finding in report.findings)


def test_a_fault_says_where_to_look() -> None:
    assert all(f"  {next_step('clicks', finding)}" in printed(WRONG) for finding in WRONG.findings)
    assert "index status" not in printed(WRONG)


def test_all_that_came_in_is_the_sum_of_what_became_of_it() -> None:
    first, *others = RIGHT.partitions
    mended = replace(RIGHT, partitions=(replace(first, silver=70, repaired=17, parked=3), *others))

    expected = "200 came in = 160 silver + 8 dead letter + 17 repaired + 3 parked + 6 dropped + 6 duplicate"
    assert f"\n{expected}\n" in printed(mended)
    assert "= 180 silver + 8 dead letter + 6 dropped + 6 duplicate + 21 missing, 21 more" in printed(WRONG)


def test_a_narrow_terminal_keeps_the_counts_and_does_without_the_offsets() -> None:
    assert "0–100" in printed(RIGHT, width=100)
    assert all("…" not in printed(RIGHT, width=width) for width in (80, 100, 117, 118))
    narrow = printed(RIGHT, width=80)
    assert "0–100" not in narrow
    assert "200" in narrow


def test_what_the_proof_is_not_about_is_printed_with_it() -> None:
    text = printed(replace(RIGHT, notes=("left out: 7 offsets",)))

    assert "left out: 7 offsets" in text
    assert COMPARED in text


def test_where_content_alone_was_compared_no_offsets_are_shown() -> None:
    text = printed(replace(RIGHT, partitions=(), layers=(), contents=(ContentVerdict("lake_silver", 50, 50),)))

    assert "offsets by raw partition" not in text
    assert "The content holds" in text.splitlines()[-1]


def test_what_was_repaired_and_parked_has_its_columns_where_there_is_room_or_something_to_say() -> None:
    first, *others = RIGHT.partitions
    repaired = replace(RIGHT, partitions=(replace(first, repaired=17, copies=17), *others))

    assert "repaired" in printed(RIGHT)
    assert "repaired" not in printed(RIGHT, width=80)
    assert "17" in printed(repaired, width=80)
