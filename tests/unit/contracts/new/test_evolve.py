"""Fields for columns that a contract lacks."""

import json
from pathlib import Path
from typing import Any

from tests.contracts import SCHEMAS
from tidegate.contracts.load import load_files
from tidegate.contracts.new.evolve import evolved, line_of
from tidegate.contracts.new.from_file import Sample

SALES = load_files(Path(__file__).parents[3] / "data/files_schemas", "sales")
ROW = {"id": "a", "sold_at": "2026-11-28T10:00:00Z", "shop": "x", "amount": "1.00"}


def fields(*rows: dict[str, Any], **types: dict[str, Any]) -> list[dict[str, Any]]:
    found = evolved(SALES, Sample([{**ROW, **row} for row in rows], "", types))
    assert found is not None
    schema = json.loads(found.text)
    assert schema["fields"][: len(SALES.latest["fields"])] == SALES.latest["fields"]
    new = schema["fields"][len(SALES.latest["fields"]) :]
    assert [*map(dict, found.fields)] == new
    assert found.version == 2
    return list(new)


def test_where_each_column_has_a_field_nothing_is_new() -> None:
    assert evolved(SALES, Sample([ROW], "")) is None


def test_a_field_may_be_null_for_rows_of_before_have_none() -> None:
    assert fields({"note": "x", "pieces": 3}, {"pieces": 4}) == [
        {"name": "note", "type": ["null", "string"], "default": None},
        {"name": "pieces", "type": ["null", "long"], "default": None},
    ]


def test_a_type_that_the_sample_says_is_taken() -> None:
    decimal = {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}

    assert fields({"net": "1.50"}, net=decimal) == [{"name": "net", "type": ["null", decimal], "default": None}]


def test_a_column_whose_name_can_not_be_a_fields_keeps_it_beside() -> None:
    [shop, year, odd] = fields({"SHOP": "y", "year": 2026, "order no": 1})

    assert {shop["json"], year["json"], odd["json"]} == {"SHOP", "year", "order no"}
    names = [field["name"] for field in (shop, year, odd)]
    assert names[2] == "order_no"
    assert len({name.lower() for name in (*names, *ROW)}) == 3 + len(ROW)
    assert "year" not in names


def test_a_record_within_has_a_name_that_no_other_has() -> None:
    transactions = load_files(SCHEMAS, "catalog")
    record = {"buyer": {"name": "x"}}

    found = evolved(transactions, Sample([record], ""))

    assert found is not None
    assert json.loads(line_of(found.fields[0]))["type"][1]["type"] == "record"
