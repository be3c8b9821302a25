"""Examples are read with the verdict they expect, and each line that is wrong in itself is one problem."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.clicks import click
from tidegate.avro.json_values import to_json
from tidegate.contracts.dataset import Reference, Stream
from tidegate.contracts.examples import Accepted, Dropped, Loaded, Refused, read_examples

SILVER = {"verdict": "silver"}
REFUSED = {"verdict": "dead_letter", "error_code": "RULE_VIOLATED", "violations": ["known_event_type"]}


@pytest.fixture
def written(clicks: Stream, tmp_path: Path) -> Stream:
    """Clicks in a folder whose examples a test writes."""
    shutil.copytree(clicks.folder / "examples", tmp_path / "examples")
    return replace(clicks, folder=tmp_path)


def line(dataset: Stream, expect: dict[str, Any], **changed: Any) -> str:
    record = {**to_json(click(), dataset.raw_type), **changed}
    return json.dumps({"record": record, "expect": expect}) + "\n"


def test_the_projects_examples_have_every_verdict_of_a_stream(clicks: Stream) -> None:
    examples, problems = read_examples(clicks)

    assert problems == []
    assert {type(example.expect) for example in examples} == {Accepted, Dropped, Refused}
    assert all(isinstance(example.record["event_time"], datetime) for example in examples)


def test_reference_data_has_valid_examples_only(products: Reference) -> None:
    examples, problems = read_examples(products)

    assert problems == []
    assert {example.file for example in examples} == {"products/examples/valid.jsonl"}
    assert {type(example.expect) for example in examples} == {Loaded}


def test_a_line_becomes_a_record_in_python_values_with_its_place(written: Stream) -> None:
    (written.folder / "examples" / "valid.jsonl").write_text(
        line(written, SILVER) + line(written, SILVER, event_time="2026-01-01T11:59:58.250Z")
    )
    second = read_examples(written)[0][1]

    assert (second.file, second.line) == ("clicks/examples/valid.jsonl", 2)
    assert second.record["event_time"] == datetime(2026, 1, 1, 11, 59, 58, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("file", "expect", "found"),
    [
        ("valid.jsonl", REFUSED, "expects dead_letter"),
        ("invalid.jsonl", SILVER, "expects silver"),
        ("valid.jsonl", {**SILVER, "warnings": ["known_event_type"]}, "no rule known_event_type of that severity"),
        ("valid.jsonl", {"verdict": "dropped", "violations": []}, "violations"),
        ("valid.jsonl", {"verdict": "reference"}, "a stream record never becomes reference"),
        ("invalid.jsonl", {**REFUSED, "error_code": "TRUNCATED"}, "error_code"),
    ],
)
def test_a_line_that_is_wrong_in_itself_is_one_problem(
    written: Stream, file: str, expect: dict[str, Any], found: str
) -> None:
    (written.folder / "examples" / file).write_text(line(written, expect))
    (problem,) = read_examples(written)[1]

    assert (problem.file, problem.place) == (f"clicks/examples/{file}", "line 1")
    assert found in problem.problem


def test_a_missing_file_is_a_problem_and_the_other_one_is_read(written: Stream) -> None:
    (written.folder / "examples" / "invalid.jsonl").unlink()
    examples, (problem,) = read_examples(written)

    assert (problem.file, problem.problem) == ("clicks/examples/invalid.jsonl", "missing")
    assert examples
