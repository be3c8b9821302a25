"""What a contract names exists and fits: every fault is found with its file, place and remedy."""

import shutil
from pathlib import Path

import pytest

from tests.contracts import JSON_SCHEMAS, SCHEMAS, edit, spoil
from tidegate.avro.types import AvroSchema
from tidegate.contracts.check import working_problems
from tidegate.contracts.check_fields import silver_problems
from tidegate.contracts.dataset import Draft
from tidegate.contracts.load import load_draft, load_drafts
from tidegate.contracts.problem import Problem

CLICKS = "clicks/contract.yaml"
ORDERS = "orders/contract.yaml"


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A copy of the contracts to spoil."""
    return Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))


def problems(schemas: Path, name: str) -> list[Problem]:
    drafts: dict[str, Draft] = {draft.name: draft for draft in load_drafts(schemas)}
    draft = drafts[name]
    return working_problems(draft, drafts)


@pytest.mark.parametrize(
    ("file", "old", "new", "found"),
    [
        (CLICKS, "field: event_time", "field: session_id", "session_id is string"),
        (CLICKS, "key: session_id", "key: session", "no field session in"),
        (CLICKS, "key: session_id", "key: user_id", "user_id may be null"),
        (CLICKS, "identity: [event_id]", "identity: [id]", "no field id in"),
        (CLICKS, "field: quantity", "field: pieces", "no field pieces in"),
        (CLICKS, "field: ip", "field: quantity", "quantity is int"),
        (CLICKS, "field: user_id\n    method: hmac", "field: session_id\n    method: drop", "may not be null"),
        (CLICKS, "reference: products", "reference: goods", "no reference dataset goods"),
        (CLICKS, '"on": product_id', '"on": quantity', "quantity is int"),
        (CLICKS, "[name, category, list_price]", "[name, colour]", "no field colour in"),
        (CLICKS, "events-clicks-{event_time|", "events-clicks-{_schema_id|", "_schema_id is int"),
        (CLICKS, "events-clicks-{", "clicks-{", "not the dataset's own"),
        (CLICKS, "index:\n", "index:\n  overrides: {agent: {type: text}}\n", "no field agent in silver.avsc"),
        (ORDERS, "field: lines\n  position", "field: items\n  position", "no field items in"),
        (ORDERS, "field: lines\n  position", "field: status\n  position", "status is string"),
        (ORDERS, "position: line_number", "position: quantity", "quantity is a field of the items"),
        (ORDERS, "position: line_number", "position: status", "status is a field of the record and of its items"),
        (ORDERS, "position: line_number", "position: position", "reads the first fields by position"),
        (ORDERS, "missing: keep", "missing: dead_letter", "dead-letter a record whose other items are in silver"),
        (
            "orders/v1.avsc",
            '"name": "quantity"',
            '"name": "status"',
            "status is a field of the record and of its items",
        ),
        ("products/contract.yaml", "compacted: true", "compacted: false", "kept by key"),
        ("products/contract.yaml", "identity: [product_id]", "identity: [name]", "is its identity"),
        (
            CLICKS,
            "field: event_time\n  earliest",
            "field: received_at\n  earliest",
            "no field received_at in silver.avsc",
        ),
        (CLICKS, "index:\n", "index:\n  overrides: {country: {}}\n", "is no mapping"),
        (
            CLICKS,
            "field: user_id\n    method: hmac",
            "field: session_id\n    method: mask",
            "would lie in one partition",
        ),
        ("clicks/silver.avsc", '"name": "_schema_id", "type": "int"', '"name": "_schema_id", "type": "long"', "type"),
        ("clicks/silver.avsc", '"name": "_source_topic"', '"name": "source_topic"', "missing from the envelope"),
        ("clicks/silver.avsc", '"name": "_source_offset", "type": "long"', '"name": "x", "type": "long"', "first"),
        ("clicks/refine.sql", "from validated", "from validated where quantity > 0", "an outer WHERE"),
        ("clicks/refine.sql", "from validated", "from validated group by country", "an outer GROUP"),
        ("clicks/refine.sql", "    currency,\n", "", "lacks columns of silver.avsc: currency"),
        ("clicks/refine.sql", "    currency,\n", "    currency, ip as address,\n", "silver.avsc lacks: address"),
        ("clicks/refine.sql", "upper(country) as country", "upper(country)", "has no name"),
    ],
)
def test_a_fault_is_found(schemas: Path, file: str, old: str, new: str, found: str) -> None:
    spoil(schemas / file, old, new)
    dataset = file.partition("/")[0]
    (first, *_) = here = problems(schemas, dataset)
    assert any(found in problem.problem for problem in here), [str(problem) for problem in here]
    assert first.file.startswith(f"{dataset}/")
    assert all(problem.remedy and "\n" not in str(problem) for problem in here)


def test_a_draft_is_told_what_it_lacks_before_what_is_wrong_with_it(schemas: Path) -> None:
    for file in ("silver.avsc", "refine.sql"):
        (schemas / "clicks" / file).unlink()
        (problem,) = silver_problems(load_draft(schemas, "clicks"))
        assert (problem.file, problem.problem) == ("clicks/silver.avsc", "missing")


def test_silver_is_checked_while_refine_is_missing(schemas: Path) -> None:
    (schemas / "clicks" / "refine.sql").unlink()
    spoil(schemas / "clicks" / "silver.avsc", '"name": "_source_topic"', '"name": "source_topic"')
    assert [problem.file for problem in silver_problems(load_draft(schemas, "clicks"))] == [
        "clicks/silver.avsc",
        "clicks/refine.sql",
    ]


def test_items_that_may_be_null_are_no_rows(schemas: Path) -> None:
    def spoiled(schema: AvroSchema) -> None:
        lines = next(field for field in schema["fields"] if field["name"] == "lines")
        lines["type"]["items"] = ["null", lines["type"]["items"]]

    edit(schemas / "orders" / "v1.avsc", spoiled)
    assert any("items of lines may be null" in problem.problem for problem in problems(schemas, "orders"))


def test_the_column_of_rescued_fields_is_a_text_that_may_be_null(tmp_path: Path) -> None:
    schemas = Path(shutil.copytree(JSON_SCHEMAS, tmp_path / "json"))
    assert not silver_problems(load_draft(schemas, "meters"))

    spoil(
        schemas / "meters/silver.avsc",
        '"name": "_rescued", "type": ["null", "string"]',
        '"name": "_rescued", "type": "string"',
    )

    [*_, problem] = silver_problems(load_draft(schemas, "meters"))
    assert (problem.place, problem.remedy) == ("fields._rescued", 'Make it ["null", "string"].')
