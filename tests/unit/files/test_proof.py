"""The proof of a file: what was done to lake, store or topic is found, and named with what to do."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.unit.files.versions import version
from tidegate.files.account import Split
from tidegate.files.closer import Sums
from tidegate.files.proof import REMEDIES, Evidence, FilesProof, FileVerdict, Finding, verdict_on
from tidegate.files.tally import NOTHING, Tally, tallied
from tidegate.proof.rows import make_rows
from tidegate.proof.strangers import Strangers


def tally(*offsets: int) -> Tally:
    return tallied(make_rows([1] * len(offsets), offsets)).get(1, NOTHING)


SPLITS = (Split(0, 60, 3, 1, 0, 0, tally(10, 20, 40).places), Split(60, 40, 3, 0, 0, 0, tally(65, 80, 90).places))
SUMS = Sums(tally(10, 20, 80), tally(40), tally(65), tally(90))
WHOLE = Evidence(SPLITS, SUMS)
LOADED = version(1, state="loaded", rows=6, silver=3, rejected=1, dropped=1, duplicates=1)
ONE = Strangers(1, ("1:40",))


def found(**changes: Any) -> list[Finding]:
    return [*verdict_on(LOADED, replace(WHOLE, **changes), None).findings]


def said(**changes: Any) -> list[tuple[str, str]]:
    return [(each.fault, each.said) for each in found(**changes)]


def sums(**changes: Tally) -> Sums:
    return replace(SUMS, **changes)


def test_each_row_is_somewhere_once() -> None:
    assert verdict_on(LOADED, WHOLE, None) == FileVerdict(1, LOADED.uri, LOADED.date, 6, SUMS, 0, ())


def test_a_row_that_silver_lost_is_missing() -> None:
    assert said(sums=sums(silver=tally(10, 20))) == [("missing", "6 rows were read, 5 have a verdict or are in silver")]


def test_a_verdict_that_was_removed_is_missing_and_off_what_was_noted() -> None:
    assert said(sums=sums(dropped=NOTHING)) == [
        ("missing", "6 rows were read, 5 have a verdict or are in silver"),
        ("counts", "there are 0 dropped for 1 that were noted"),
    ]


def test_a_row_that_is_in_silver_twice_is_named() -> None:
    (finding,) = found(sums=sums(silver=tally(10, 20, 80, 80)), doubled=Strangers(1, ("1:80",)))

    assert (finding.fault, finding.count, finding.first) == ("doubled", 1, ("1:80",))


def test_a_row_too_many_is_told_though_it_is_where_no_row_was_read() -> None:
    assert said(sums=sums(silver=tally(10, 20, 80, 99))) == [("doubled", "6 rows were read, 7 have a verdict")]


def test_another_row_in_the_place_of_one_is_found() -> None:
    assert said(sums=sums(silver=tally(10, 20, 81))) == [
        ("others", "6 rows were read, and as many verdicts are on others")
    ]


def test_a_row_with_two_verdicts_is_named() -> None:
    faults = [each.fault for each in found(sums=sums(dropped=tally(65, 80)), twice=Strangers(1, ("1:80",)))]

    assert faults == ["counts", "two_verdicts"]


@pytest.mark.parametrize(
    ("splits", "what"),
    [
        (SPLITS[1:], "of its bytes none of 0 to 60 were read"),
        ((SPLITS[0], replace(SPLITS[1], length=30)), "90 of its 100 bytes were read"),
    ],
)
def test_bytes_of_which_no_split_tells_are_found(splits: tuple[Split, ...], what: str) -> None:
    assert ("unread", what) in said(splits=splits)


def test_what_was_noted_is_what_is_there() -> None:
    (finding,) = verdict_on(replace(LOADED, silver=4, rows=7), WHOLE, None).findings

    assert finding.said == "there are 6 rows for 7, 3 silver for 4 that were noted"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"copy": "is not there"}, "copy"),
        ({"baseless": ONE}, "repeats_nothing"),
        ({"no_letter": ONE}, "no_letter"),
        ({"strange_letters": ONE}, "strange_letter"),
    ],
)
def test_what_is_wrong_beside_the_rows_is_told(changes: dict[str, Any], fault: str) -> None:
    (finding,) = found(**changes)

    assert (finding.fault, finding.count) == (fault, 1)


def test_rows_of_days_that_retention_removed_are_counted_and_are_no_fault() -> None:
    verdict = verdict_on(LOADED, replace(WHOLE, sums=sums(silver=tally(10))), date(2026, 11, 1))

    assert verdict.removed == 2
    assert verdict.findings == ()
    assert verdict_on(LOADED, WHOLE, date(2026, 11, 1)).removed == 0


@pytest.mark.parametrize(
    ("days", "removed", "faults"),
    [
        (None, 2, []),  # loaded before days were noted
        ('["2026-10-31", "2026-11-28"]', 2, []),
        ('["2026-11-01", "2026-11-28"]', 0, ["missing"]),
        ("[]", 0, ["missing"]),
    ],
)
def test_retention_excuses_no_row_of_a_file_whose_days_it_left_alone(
    days: str | None, removed: int, faults: list[str]
) -> None:
    lacking = replace(WHOLE, sums=sums(silver=tally(10)))
    verdict = verdict_on(replace(LOADED, days=days), lacking, date(2026, 11, 1))
    assert (verdict.removed, [each.fault for each in verdict.findings]) == (removed, faults)


def test_retention_excuses_neither_a_verdict_nor_a_row_that_is_there_twice() -> None:
    without = replace(WHOLE, sums=sums(silver=tally(10), rejected=NOTHING))
    twice = replace(WHOLE, sums=sums(silver=tally(10, 10)), doubled=Strangers(1, ("1:10",)))

    assert [each.fault for each in verdict_on(LOADED, without, date(2026, 11, 1)).findings] == ["counts"]
    assert [each.fault for each in verdict_on(LOADED, twice, date(2026, 11, 1)).findings] == ["doubled"]


def test_retention_excuses_no_other_row_in_the_place_of_one() -> None:
    other = replace(WHOLE, sums=sums(silver=tally(10, 20, 81)))

    assert [each.fault for each in verdict_on(LOADED, other, date(2026, 11, 1)).findings] == ["others"]


def test_the_report_holds_or_names_its_faults_and_what_to_do() -> None:
    good = FilesProof("visits", None, (verdict_on(LOADED, WHOLE, None),), (), ("a note",))
    lost = verdict_on(LOADED, replace(WHOLE, sums=sums(silver=tally(10, 20))), None)
    strange = Finding("strange_rows", 9, 3, "silver has 3 rows of file 9")
    bad = FilesProof("visits", date(2026, 11, 28), (lost,), (strange,), ())

    assert good.holds
    assert good.verdict() == "The proof holds: 6 rows of 1 files of visits are each accounted for once."
    assert bad.verdict() == ("The proof does not hold: of 1 files of visits of 2026-11-28, missing 1, strange rows 3.")
    told = json.loads(json.dumps(bad.to_json()))
    assert [each["fault"] for each in told["findings"]] == ["missing", "strange_rows"]
    assert told["findings"][1]["remedy"].endswith("delete its rows whose _source_partition is 9.")
    assert told["files"][0] | {"uri": ""} == {
        "number": 1,
        "uri": "",
        "date": "2026-11-28",
        "rows": 6,
        "silver": 2,
        "rejected": 1,
        "dropped": 1,
        "duplicates": 1,
        "removed": 0,
        "holds": False,
    }


@pytest.mark.parametrize("fault", REMEDIES)
def test_every_fault_has_a_remedy(fault: Any) -> None:
    assert "{" not in Finding(fault, 1, 1, "").remedy("visits")
