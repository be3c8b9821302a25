"""Each default is a value of its field's type, spelled as Avro spells it; what only seems to be one is refused."""

import io
from typing import Any

import fastavro
import pytest

from tidegate.avro.defaults import parse
from tidegate.avro.types import read_type
from tidegate.contracts.check_defaults import default_problems
from tidegate.contracts.problem import Problem

DECIMAL = {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}
MILLIS = {"type": "long", "logicalType": "timestamp-millis"}
DATE = {"type": "int", "logicalType": "date"}
INNER = {
    "type": "record",
    "name": "I",
    "fields": [{"name": "n", "type": "int"}, {"name": "m", "type": "int", "default": 1}],
}


def schema(avro: Any, default: Any) -> dict[str, Any]:
    return {"type": "record", "name": "R", "fields": [{"name": "x", "type": avro, "default": default}]}


def problems(avro: Any, default: Any) -> list[Problem]:
    return list(default_problems("r/v1.avsc", read_type(schema(avro, default))))


@pytest.mark.parametrize(
    ("avro", "default"),
    [
        ("string", 5),
        ("string", None),
        ("int", "5"),
        ("int", 2**31),
        ("int", True),
        ("long", 1.5),
        ("boolean", "true"),
        ("boolean", 0),
        ("double", "0"),
        ("double", float("inf")),
        ("bytes", "\u0100"),
        ("bytes", 0),
        (DECIMAL, "0.00"),
        (DECIMAL, "0"),
        (DECIMAL, "-1.50"),
        (DECIMAL, 0),
        (DECIMAL, ""),
        (DECIMAL, "\u00ff" + "\u0000" * 8),
        (MILLIS, "2026-01-01T00:00:00Z"),
        (DATE, "2026-01-01"),
        ({"type": "array", "items": "int"}, ["1"]),
        ({"type": "array", "items": "int"}, {}),
        ({"type": "array", "items": DECIMAL}, ["0.00"]),
        ({"type": "map", "values": "int"}, {"a": None}),
        (INNER, {}),
        (INNER, {"n": 1, "other": 2}),
        (INNER, {"n": "1"}),
        (["null", "int"], 0),
        (["int", "null"], None),
        (["string", "null"], 5),
    ],
)
def test_a_default_of_another_type_is_refused_with_a_hint(avro: Any, default: Any) -> None:
    (problem,) = problems(avro, default)
    assert (problem.file, problem.place) == ("r/v1.avsc", "x")
    assert problem.remedy.startswith(("Write ", f"{default} is "))


@pytest.mark.parametrize(
    ("avro", "default"),
    [
        ("string", ""),
        ("int", -5),
        ("long", 2**40),
        ("boolean", False),
        ("double", 0),
        ("float", 1.5),
        ("bytes", "\u00ff0"),
        (DECIMAL, "\u0000"),
        (DECIMAL, "\u00ff\u009c"),
        (MILLIS, 0),
        (DATE, 20_000),
        ({"type": "array", "items": "int"}, [1]),
        ({"type": "map", "values": "string"}, {}),
        (INNER, {"n": 1}),
        (["null", "int"], None),
        (["int", "null"], 0),
    ],
)
def test_a_default_of_the_type_is_one_that_a_record_can_be_written_with(avro: Any, default: Any) -> None:
    assert problems(avro, default) == []
    fastavro.schemaless_writer(io.BytesIO(), parse(schema(avro, default)), {})


@pytest.mark.parametrize(("meant", "spelled"), [("0.00", "\\u0000"), ("1.28", "\\u0000\\u0080"), ("-1", "\\u009c")])
def test_the_hint_spells_the_number_that_was_meant(meant: str, spelled: str) -> None:
    (problem,) = problems(DECIMAL, meant)
    assert problem.remedy.startswith(f'{meant} is "{spelled}"')


def test_a_default_within_a_record_or_its_items_is_looked_at() -> None:
    inner = {"type": "record", "name": "I", "fields": [{"name": "price", "type": DECIMAL, "default": "0.00"}]}
    for avro in (inner, {"type": "array", "items": inner}, {"type": "map", "values": inner}):
        outer = {"type": "record", "name": "R", "fields": [{"name": "x", "type": avro}]}
        (problem,) = default_problems("r/v1.avsc", read_type(outer))
        assert problem.place.startswith("x") and problem.place.endswith("price")
