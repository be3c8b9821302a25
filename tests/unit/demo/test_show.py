"""The end of a run on a terminal of 80 columns."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from tests.unit.demo.test_report import MEASURED, REASONS, SUMMARY, proof
from tidegate.demo.queries import Answer, dead_letters
from tidegate.demo.report import compare
from tidegate.demo.run import Result
from tidegate.demo.show import show
from tidegate.measure.output_watch import Example
from tidegate.settings import Settings

LETTERS = dead_letters(REASONS, {"EMPTY_VALUE": Example("3:17", "the value has no bytes")})
ANSWER = Answer("revenue by category", "the lake, by DuckDB", ("category", "revenue"), [("Phones", "1,234.50")])


def shown(result: Result, *, kept: bool) -> str:
    console = Console(file=io.StringIO(), width=80)
    show(result, console, kept=kept)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def result(silver: int = 6) -> Result:
    found = proof(silver=silver)
    return Result(
        found, compare(SUMMARY, found, REASONS), MEASURED, [ANSWER, LETTERS], Path("demo/report.json"), Settings()
    )


def test_verdict_latency_answers_and_report_are_there() -> None:
    text = shown(result(), kept=False)

    for fact in ("The proof holds", "p99 4.0 s", "42.5 s after the command", "1,234.50", "3:17", "demo/report.json"):
        assert fact in text
    assert "…" not in text, "no heading is cut"


def test_the_tables_of_a_million_events_fit_80_columns() -> None:
    million = replace(proof().partitions[0], raw=1_000_000, silver=1_000_000, dead_letter=99_999, duplicate=99_999)
    found = replace(proof(), partitions=(million,))

    assert "…" not in shown(replace(result(), proof=found), kept=False)


def test_a_count_that_differs_from_the_expected_is_named() -> None:
    text = shown(result(silver=5), kept=False)

    assert "expected by the producer" in text
    assert not result(silver=5).ok


@pytest.mark.parametrize(("kept", "hint"), [(True, "tidegate down"), (False, "KEEP=1")])
def test_it_says_where_to_look_next(kept: bool, hint: str) -> None:
    assert hint in shown(result(), kept=kept)
