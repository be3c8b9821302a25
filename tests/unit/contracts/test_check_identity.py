"""An identity that can't do its work is refused with the reason."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.contracts import SCHEMAS, edit, spoil
from tidegate.avro.types import AvroSchema
from tidegate.contracts.check_identity import identity_problems
from tidegate.contracts.load import load_draft

PERSONAL = """privacy:
  - field: {field}
    method: {method}
    purpose: testing
    retention_days: 30
"""
BYTES = {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}
RECORD = {"type": "record", "name": "Id", "fields": [{"name": "n", "type": "int"}]}


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A copy of the contracts to spoil."""
    return Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))


def problems(schemas: Path, name: str = "clicks") -> list[str]:
    return [str(problem) for problem in identity_problems(load_draft(schemas, name))]


def retype(schemas: Path, file: str, field: str, avro: Any) -> None:
    def change(schema: AvroSchema) -> None:
        next(each for each in schema["fields"] if each["name"] == field)["type"] = avro

    edit(schemas / file, change)


def test_the_projects_own_identities_are_sound(schemas: Path) -> None:
    assert [problems(schemas, name) for name in ("clicks", "orders", "app_logs", "products")] == [[]] * 4


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ("mask", "all records but the first would be duplicates"),
        ("drop", "all records but the first would be duplicates"),
        ("hmac", "the proof would find no record of raw in silver"),
    ],
)
def test_a_personal_identity_is_refused(schemas: Path, method: str, reason: str) -> None:
    spoil(schemas / "clicks/contract.yaml", "privacy:\n", PERSONAL.format(field="event_id", method=method))
    (problem,) = problems(schemas)
    assert reason in problem
    assert "not personal" in problem


@pytest.mark.parametrize(
    ("avro", "kind"),
    [
        ({"type": "int", "logicalType": "date"}, "date"),
        (BYTES, "decimal"),
        ("double", "double"),
        ("float", "float"),
        ("boolean", "boolean"),
        ("bytes", "bytes"),
        ({"type": "long", "logicalType": "timestamp-millis"}, "timestamp-millis"),
        ({"type": "array", "items": "string"}, "array"),
        ({"type": "map", "values": "string"}, "map"),
        (RECORD, "record"),
    ],
)
def test_an_identity_without_an_exact_text_is_refused(schemas: Path, avro: Any, kind: str) -> None:
    retype(schemas, "clicks/v1.avsc", "event_id", avro)
    (problem,) = problems(schemas)
    assert f"event_id is {kind}, which has no exact text to compare" in problem


@pytest.mark.parametrize("avro", ["string", {"type": "string", "logicalType": "uuid"}, "int", "long"])
def test_text_and_whole_numbers_identify(schemas: Path, avro: Any) -> None:
    for file in ("clicks/v1.avsc", "clicks/silver.avsc"):
        retype(schemas, file, "event_id", avro)
    assert problems(schemas) == []


@pytest.mark.parametrize(("raw", "silver"), [("long", "int"), ("string", "long"), ("long", "string")])
def test_silver_has_the_same_text(schemas: Path, raw: str, silver: str) -> None:
    retype(schemas, "clicks/v1.avsc", "event_id", raw)
    retype(schemas, "clicks/silver.avsc", "event_id", silver)
    (problem,) = problems(schemas)
    assert f"event_id is {silver} and identifies rows" in problem


def test_silver_may_have_a_wider_number(schemas: Path) -> None:
    retype(schemas, "clicks/v1.avsc", "event_id", "int")
    retype(schemas, "clicks/silver.avsc", "event_id", "long")
    assert problems(schemas) == []


def test_an_identity_that_silver_may_lack_is_refused(schemas: Path) -> None:
    retype(schemas, "clicks/silver.avsc", "event_id", ["null", "string"])
    (problem,) = problems(schemas)
    assert "event_id may be null" in problem


def test_a_position_that_is_no_number_is_refused(schemas: Path) -> None:
    retype(schemas, "orders/silver.avsc", "line_number", "string")
    (problem,) = problems(schemas, "orders")
    assert "line_number is string" in problem


@pytest.mark.parametrize(
    "made", ["lower(event_id) as event_id", "session_id as event_id", "event_id || 'x' as `event_id`"]
)
def test_an_identity_that_the_query_makes_anew_is_refused(schemas: Path, made: str) -> None:
    spoil(schemas / "clicks/refine.sql", "    event_id,", f"    {made},")
    (problem,) = problems(schemas)
    assert problem.startswith("clicks/refine.sql: event_id: event_id identifies rows and is made anew")


def test_an_identity_that_names_a_field_twice_is_refused(schemas: Path) -> None:
    spoil(schemas / "clicks/contract.yaml", "identity: [event_id]", "identity: [event_id, event_id]")
    (problem,) = problems(schemas)
    assert "identity.1: event_id is named twice" in problem
