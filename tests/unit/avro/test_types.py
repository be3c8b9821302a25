"""Avro types are read once; what is not supported is refused with its place."""

from typing import Any

import pytest

from tidegate.avro.types import columns, field_sources, flink_type, read_record, unqualified
from tidegate.errors import ContractError

FIXED_DECIMAL = {"type": "fixed", "name": "D", "size": 2, "logicalType": "decimal", "precision": 4, "scale": 2}


@pytest.mark.parametrize(
    ("avro", "sql"),
    [
        ("string", "STRING"),
        ({"type": "string", "logicalType": "uuid"}, "STRING"),
        ("int", "INT"),
        ("long", "BIGINT"),
        ("float", "FLOAT"),
        ("double", "DOUBLE"),
        ("boolean", "BOOLEAN"),
        ("bytes", "BYTES"),
        (["null", "long"], "BIGINT"),
        ({"type": "long", "logicalType": "timestamp-millis"}, "TIMESTAMP_LTZ(3)"),
        ({"type": "long", "logicalType": "timestamp-micros"}, "TIMESTAMP_LTZ(6)"),
        ({"type": "int", "logicalType": "date"}, "DATE"),
        ({"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}, "DECIMAL(12, 2)"),
        ({"type": "bytes", "logicalType": "decimal", "precision": 5}, "DECIMAL(5, 0)"),
        ({"type": "enum", "name": "E", "symbols": ["A"]}, "STRING"),
        ({"type": "fixed", "name": "F", "size": 4}, "BYTES"),
        ({"type": "fixed", "name": "F", "size": 16, "logicalType": "uuid"}, "STRING"),
        (FIXED_DECIMAL, "DECIMAL(4, 2)"),
        ({"type": "array", "items": ["null", "string"]}, "ARRAY<STRING>"),
        ({"type": "map", "values": "long"}, "MAP<STRING, BIGINT>"),
        ({"type": "record", "name": "R", "fields": [{"name": "row", "type": "int"}]}, "ROW<`row` INT>"),
    ],
)
def test_each_type_has_its_sql_type(avro: Any, sql: str) -> None:
    assert flink_type(avro) == sql


@pytest.mark.parametrize(
    ("avro", "problem"),
    [
        ({"type": "enum", "name": "E"}, "an enum without symbols"),
        ("enum", "type 'enum'"),
        ({"type": "fixed", "name": "F", "size": 0}, "a fixed of 0 bytes"),
        ({"type": "fixed", "name": "F", "size": 12, "logicalType": "duration"}, "duration on fixed"),
        ({"type": "fixed", "name": "F", "size": 4, "logicalType": "uuid"}, "a uuid of 4 bytes"),
        (FIXED_DECIMAL | {"precision": 5}, r"decimal\(5, 2\)"),
        ({"type": "enum", "name": "R", "symbols": ["A"]}, "a second type named R"),
        ("null", "null"),
        ("Elsewhere", "Elsewhere"),
        (["null", "int", "string"], "union"),
        (["int"], "union"),
        ({"type": "int", "logicalType": "time-millis"}, "time-millis on int"),
        ({"type": "bytes", "logicalType": "decimal"}, "decimal"),
        ({"type": "bytes", "logicalType": "decimal", "precision": 39, "scale": 2}, r"decimal\(39, 2\)"),
        ({"type": "bytes", "logicalType": "decimal", "precision": 2, "scale": 3}, r"decimal\(2, 3\)"),
        ({"type": "record", "name": "Inner", "fields": []}, "without fields"),
        ({"type": "record", "name": "R", "fields": []}, "a second type named R"),
        (["null", "R"], "type 'R' within itself"),
        ({"items": "int"}, "as a type"),
        (None, "as a type"),
    ],
)
def test_an_unsupported_type_is_refused_with_its_place(avro: Any, problem: str) -> None:
    with pytest.raises(ContractError, match=rf"R\.x: .*{problem}") as caught:
        columns({"type": "record", "name": "R", "fields": [{"name": "x", "type": avro}]})
    assert caught.value.remedy


def test_columns_keep_order_nullability_and_meaning() -> None:
    fields = [{"name": "b", "type": ["null", "int"], "doc": "pieces"}, {"name": "a", "type": "string"}]
    found = columns({"type": "record", "name": "R", "fields": fields})
    assert [(c.name, c.nullable, c.doc) for c in found] == [("b", True, "pieces"), ("a", False, "")]


@pytest.mark.parametrize("used", ["Point", "geo.Point", {"type": "geo.Point"}])
def test_a_record_type_is_used_again_by_its_name(used: Any) -> None:
    point = {"type": "record", "name": "Point", "fields": [{"name": "x", "type": "int"}], "aliases": ["Place"]}
    fields = [{"name": "start", "type": point}, {"name": "end", "type": ["null", used]}]

    read = read_record({"type": "record", "name": "geo.Way", "fields": fields})

    start, end = (field.type for field in read.fields)
    assert (start.fields, start.aliases) == (end.fields, ("Place",))
    assert end.nullable


def test_an_enum_is_used_again_by_its_name() -> None:
    kind = {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}
    fields = [{"name": "now", "type": kind}, {"name": "before", "type": ["null", "shop.Kind"]}]

    now, before = (field.type for field in read_record({"type": "record", "name": "shop.R", "fields": fields}).fields)

    assert now.symbols == before.symbols == ("A", "B")
    assert (now.stored, before.nullable) == ("enum", True)


def test_a_name_of_another_namespace_is_not_known() -> None:
    point = {"type": "record", "name": "x.Point", "fields": [{"name": "x", "type": "int"}]}
    fields = [{"name": "start", "type": point}, {"name": "end", "type": "Point"}]
    with pytest.raises(ContractError, match=r"R\.end: type 'Point'"):
        read_record({"type": "record", "name": "R", "fields": fields})


def test_a_field_is_read_from_its_name_or_an_alias_that_is_nobodys_name() -> None:
    fields = [
        {"name": "b", "type": "int"},
        {"name": "c", "type": "int", "aliases": ["b", "a"]},
        {"name": "d", "type": "int", "aliases": ["a"]},
    ]

    reader = read_record({"type": "record", "name": "R", "fields": fields})

    assert field_sources(["a", "b"], reader) == {"b": "b", "c": "a"}
    assert unqualified("a.b.C") == "C"
