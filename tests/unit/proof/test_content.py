"""What is said of compared content."""

from dataclasses import replace

from tests.unit.proof.reports import RIGHT
from tidegate.proof.content import Changed, ContentVerdict
from tidegate.proof.report import Finding

WHOLE = ContentVerdict("lake_silver", 200, 200)
CHANGED = ContentVerdict("lake_silver", 50, 200, 2, (Changed("0:1", ("price", "tax")), Changed("0:7")), ("seen_at",))


def test_a_line_says_what_was_compared_with_what() -> None:
    assert WHOLE.note() == "content of lake silver: 200 records compared with what refine makes of raw now."
    assert CHANGED.note() == (
        "content of lake silver: 50 records of 200, chosen by chance, compared with what refine makes of raw now, "
        "without seen_at."
    )


def test_a_proof_with_changed_rows_does_not_hold_and_names_them_with_their_columns() -> None:
    report = replace(RIGHT, contents=(CHANGED,))

    assert not report.holds
    assert report.findings == [Finding("lake_silver", "changed", 2, ("0:1 (price, tax)", "0:7 (the whole row)"))]
    assert report.verdict() == "The proof does not hold: of 200 events of clicks, 2 changed."
    assert replace(RIGHT, contents=(WHOLE,)).holds


def test_where_raw_has_nothing_any_more_the_verdict_is_on_the_content_alone() -> None:
    bronze = ContentVerdict("lake_silver", 50, 50, source="bronze")
    report = replace(RIGHT, partitions=(), layers=(), dead_letters={}, contents=(bronze,))
    changed = replace(report, contents=(replace(bronze, changed=2),))

    assert bronze.note() == "content of lake silver: 50 records compared with what refine makes of bronze now."
    assert (report.holds, report.verdict()) == (True, "The content holds: 50 records of clicks are as they must be.")
    assert not changed.holds
    assert changed.verdict() == "The content does not hold: of 50 records of clicks, 2 rows or documents are changed."


def test_the_json_has_rows_and_columns_apart() -> None:
    facts = replace(RIGHT, contents=(CHANGED,)).to_json()["datasets"]["clicks"]

    assert facts["changed"] == 2
    assert facts["contents"][0]["first"] == [
        {"place": "0:1", "columns": ["price", "tax"]},
        {"place": "0:7", "columns": []},
    ]
    assert (facts["contents"][0]["compared"], facts["contents"][0]["held"]) == (50, 200)
