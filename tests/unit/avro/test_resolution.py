"""A writer's record is read as the contract's, or refused; that the jobs read the same is met in tests/flink."""

import io
from decimal import Decimal
from typing import Any

import fastavro
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.avro.test_leading_fields import SCHEMA, encode, records
from tidegate.avro.binary import BadRecord, Cursor
from tidegate.avro.codec import Part
from tidegate.avro.frame import body_of
from tidegate.avro.resolution import nearest_float, resolve, sources
from tidegate.avro.types import read_record
from tidegate.avro.writer_types import read_writer_type

MILLIS = {"type": "long", "logicalType": "timestamp-millis"}
MICROS = {"type": "long", "logicalType": "timestamp-micros"}
NANOS = {"type": "long", "logicalType": "timestamp-nanos"}

KIND = {"type": "enum", "name": "Kind", "symbols": ["NEW", "PAID"]}
HASH = {"type": "fixed", "name": "Hash", "size": 3}
UUID_FIXED = {"type": "fixed", "name": "Uuid", "size": 16, "logicalType": "uuid"}
PRICE = {"type": "fixed", "name": "Price", "size": 3, "logicalType": "decimal", "precision": 4, "scale": 2}


def decimal(precision: int, scale: int) -> dict[str, Any]:
    return {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}


def record(*fields: dict[str, Any], name: str = "R", **more: Any) -> dict[str, Any]:
    return {"type": "record", "name": name, "fields": list(fields), **more}


def field(name: str, avro: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": avro, **more}


def read(writer: Any, reader: Any, data: bytes) -> Any:
    cursor = Cursor(data, 0, 1000)
    value = resolve(read_writer_type(writer), read_record(reader))(cursor)
    assert cursor.left() == 0
    return value


def read_field(writer: Any, reader: Any, value: Any) -> Any:
    """One field, written as fastavro writes it."""
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, fastavro.parse_schema(record(field("x", writer))), {"x": value})
    return read(record(field("x", writer)), record(field("x", reader)), buffer.getvalue())["x"]


@given(records)
def test_a_record_of_the_contracts_own_schema_is_what_was_written(written: dict[str, Any]) -> None:
    cursor = Cursor(body_of(encode(written)), 0, 1_000_000)
    assert resolve(read_writer_type(SCHEMA), read_record(SCHEMA))(cursor) == written


near_the_middle = st.builds(
    lambda bits, exponent, off: ((2 * bits + 1) << exponent) + off,
    st.integers(-(2**24), 2**24), st.integers(0, 37), st.sampled_from((-1, 0, 1)),
)  # fmt: skip
"""Of two floats, where the next even one and the nearest one differ."""


@given(st.integers(-(2**63), 2**63 - 1) | near_the_middle)
def test_a_whole_number_becomes_the_float_that_java_casts_it_to(number: int) -> None:
    assert nearest_float(number) == float(np.int64(number).astype(np.float32))


@pytest.mark.parametrize(
    ("writer", "reader", "value", "found"),
    [
        ("int", "long", 3, 3),
        ("int", ["null", "double"], 3, 3.0),
        ("long", "float", 16777217, 16777216.0),
        ("float", "double", 0.5, 0.5),
        ("string", "bytes", "é", "é".encode()),
        ("bytes", "string", "é".encode(), "é"),
        (["string", "null"], ["null", "string"], None, None),
        (["string"], "string", "a", "a"),
        ("null", ["null", "long"], None, None),
        ({"type": "array", "items": "int"}, {"type": "array", "items": ["null", "long"]}, [1, 2], [1, 2]),
        ({"type": "map", "values": "int"}, {"type": "map", "values": "long"}, {"a": 1}, {"a": 1}),
        ({"type": "string", "logicalType": "uuid"}, "string", "AB", "AB"),
        ("long", MILLIS, 5, 5),
        (NANOS, "long", 5, 5),
        ("bytes", decimal(4, 2), b"\xff", -1),
        (KIND, "string", "PAID", "PAID"),
        (KIND, KIND | {"symbols": ["NEW"]}, "PAID", "PAID"),
        ("string", KIND, "GONE", "GONE"),
        (["null", KIND], ["null", "string"], "NEW", "NEW"),
        (HASH, "bytes", b"abc", b"abc"),
        (HASH, HASH | {"size": 5}, b"abc", b"abc"),
        ("bytes", HASH, b"a", b"a"),
        (UUID_FIXED, "string", bytes(15) + b"\x01", "00000000-0000-0000-0000-000000000001"),
        (UUID_FIXED, UUID_FIXED, bytes(16), "00000000-0000-0000-0000-000000000000"),
        (UUID_FIXED, "bytes", bytes(16), bytes(16)),
        (PRICE, decimal(4, 2), Decimal("1.25"), 125),
        (decimal(4, 2), PRICE, b"\x7d", 125),
        (decimal(2, 1), decimal(12, 1), b"\x00" * 20 + b"\x05", 5),
    ],
)
def test_a_value_is_promoted(writer: Any, reader: Any, value: Any, found: Any) -> None:
    if isinstance(writer, dict) and writer.get("logicalType") in ("decimal", "uuid") and writer["type"] != "fixed":
        plain = writer["type"]
        buffer = io.BytesIO()
        fastavro.schemaless_writer(buffer, fastavro.parse_schema(record(field("x", plain))), {"x": value})
        assert read(record(field("x", writer)), record(field("x", reader)), buffer.getvalue()) == {"x": found}
    else:
        assert read_field(writer, reader, value) == found


@pytest.mark.parametrize(
    ("writer", "reader"),
    [
        ("long", "int"),
        ("string", "long"),
        ("null", "string"),
        (["null"], "string"),
        (["null", "string", "int"], ["null", "string"]),
        (MICROS, MILLIS),
        (NANOS, MICROS),
        ({"type": "int", "logicalType": "date"}, MILLIS),
        (decimal(9, 3), decimal(9, 2)),
        (decimal(9, 3) | {"scale": "3"}, decimal(9, 2)),
        ("string", decimal(9, 2)),
        (decimal(9, 2), "string"),
        (KIND, "bytes"),
        (HASH, "string"),
        (UUID_FIXED, "int"),
        (PRICE | {"scale": 3}, PRICE),
        (PRICE, "string"),
        ("string", PRICE),
        (record(field("y", "int"), name="Other"), record(field("y", "int"), name="Inner")),
        ({"type": "array", "items": "string"}, {"type": "map", "values": "string"}),
    ],
)
def test_another_type_or_meaning_is_a_mismatch(writer: Any, reader: Any) -> None:
    with pytest.raises(BadRecord) as caught:
        resolve(read_writer_type(record(field("x", writer))), read_record(record(field("x", reader))))
    assert caught.value.code == "SCHEMA_MISMATCH"


def test_a_null_that_the_contract_does_not_allow_is_a_bad_value_of_its_record_alone() -> None:
    assert read_field(["null", "string"], "string", "a") == "a"
    with pytest.raises(BadRecord) as caught:
        read_field(["null", "string"], "string", None)
    assert caught.value.code == "BAD_VALUE"


@pytest.mark.parametrize("symbol", [b"\x01", b"\x04"])
def test_a_symbol_that_the_writer_has_not_is_a_bad_value(symbol: bytes) -> None:
    with pytest.raises(BadRecord) as caught:
        read(record(field("x", KIND)), record(field("x", "string")), symbol)
    assert caught.value.code == "BAD_VALUE"


def test_defaults_of_foreign_types_are_what_they_stand_for() -> None:
    reader = record(
        field("x", "int"),
        field("kind", KIND, default="NEW"),
        field("hash", HASH, default="a\u00ffc"),
        field("uuid", UUID_FIXED, default="\u0000" * 15 + "\u0002"),
        field("price", PRICE, default="\u0000\u0000\u0005"),
    )
    assert read(record(field("x", "int")), reader, b"\x02") == {
        "x": 1,
        "kind": "NEW",
        "hash": b"a\xffc",
        "uuid": "00000000-0000-0000-0000-000000000002",
        "price": 5,
    }


def test_what_is_not_written_has_its_default_or_is_a_mismatch() -> None:
    inner = record(field("a", "bytes"), field("b", "int", default=7), name="Inner")
    reader = record(
        field("x", "int"),
        field("price", decimal(4, 2), default="\u0005"),
        field("note", ["null", "string"], default=None),
        field("raw", "bytes", default="\u00ff"),
        field("list", {"type": "array", "items": "double"}, default=[1]),
        field("map", {"type": "map", "values": "bytes"}, default={"k": "\u0001"}),
        field("inner", inner, default={"a": "\u0002"}),
    )

    assert read(record(field("x", "int")), reader, b"\x02") == {
        "x": 1,
        "price": 5,
        "note": None,
        "raw": b"\xff",
        "list": [1.0],
        "map": {"k": b"\x01"},
        "inner": {"a": b"\x02", "b": 7},
    }
    with pytest.raises(BadRecord) as caught:
        read(record(field("y", "int")), record(field("x", "int")), b"")
    assert caught.value.code == "SCHEMA_MISMATCH"


@pytest.mark.parametrize("writer_name", ["R", "some.space.R", "Old"])
def test_a_record_and_its_fields_are_found_by_name_or_alias(writer_name: str) -> None:
    reader = record(field("new_id", "long", aliases=["other", "oldId"]), name="here.R", aliases=["there.Old"])

    assert read(record(field("oldId", "int"), name=writer_name), reader, b"\x06") == {"new_id": 3}


@pytest.mark.parametrize("writer_name", ["R", "some.space.R", "Old"])
def test_an_alias_counts_where_the_name_is_missing_and_for_one_field_only(writer_name: str) -> None:
    writer = read_writer_type(record(field("a", "int"), field("b", "int"), name=writer_name))
    reader = record(
        field("b", "int"), field("c", "int", aliases=["b", "a"]), field("d", "int", aliases=["a"], default=0)
    )

    assert sources(writer, read_record(reader)) == {"b": "b", "c": "a"}


def test_a_decimal_of_too_many_digits_is_a_bad_value_however_long_it_is() -> None:
    schema = record(field("x", decimal(4, 2)))
    for digits in (b"", b"\x27\x10", b"\x7f" * 900, b"\x00" + b"\xff" * 17):
        with pytest.raises(BadRecord) as caught:
            read(schema, schema, Part(record(field("x", "bytes"))).encode(digits))
        assert caught.value.code == "BAD_VALUE"
