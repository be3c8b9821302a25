"""What a contract lacks is passed over, whatever its type: the next field begins where it ends."""

import io
from typing import Any

import fastavro
import pytest

from tidegate.avro.binary import BadRecord, Cursor
from tidegate.avro.passing_over import least_bytes, passing
from tidegate.avro.writer_types import read_writer_type

POINT = {
    "type": "record",
    "name": "Point",
    "fields": [{"name": "x", "type": "double"}, {"name": "on", "type": "boolean"}],
}
LIST = {
    "type": "record",
    "name": "List",
    "fields": [{"name": "head", "type": "int"}, {"name": "tail", "type": ["null", "List"]}],
}
EMPTY = {"type": "record", "name": "Empty", "fields": []}
SAMPLES: list[tuple[Any, Any]] = [
    ("null", None),
    ("string", "text"),
    ("bytes", b"\x00\xff"),
    ("float", 1.5),
    ({"type": "enum", "name": "E", "symbols": ["A", "B"]}, "B"),
    ({"type": "fixed", "name": "F", "size": 3}, b"abc"),
    (["null", "string", "long"], 7),
    (["string"], "x"),
    ({"type": "array", "items": ["null", "double"]}, [None, 1.5]),
    ({"type": "array", "items": EMPTY}, [{}, {}]),
    ({"type": "map", "values": {"type": "map", "values": "long"}}, {"a": {"b": 1}, "c": {}}),
    (POINT, {"x": 1.0, "on": True}),
    (LIST, {"head": 1, "tail": {"head": 2, "tail": None}}),
    ({"type": "long", "logicalType": "timestamp-nanos"}, 5),
]


@pytest.mark.parametrize(("schema", "value"), SAMPLES, ids=[str(schema)[:40] for schema, _ in SAMPLES])
def test_a_value_is_passed_over_to_its_end(schema: Any, value: Any) -> None:
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, fastavro.parse_schema(schema), value)
    avro = read_writer_type(schema)
    cursor = Cursor(buffer.getvalue() + b"!", 0, 1000)

    passing(avro)(cursor)

    assert cursor.left() == 1
    assert least_bytes(avro) <= len(buffer.getvalue())


def test_a_block_that_says_its_size_is_passed_over_too() -> None:
    cursor = Cursor(b"\x03\x04\x02\x04\x00!", 0, 1000)

    passing(read_writer_type({"type": "array", "items": "int"}))(cursor)

    assert cursor.left() == 1


def test_endless_recursion_is_a_bad_value() -> None:
    with pytest.raises(BadRecord) as caught:
        passing(read_writer_type(LIST))(Cursor(b"\x02" * 1000, 0, 1000))
    assert caught.value.code == "BAD_VALUE"


@pytest.mark.parametrize(
    ("schema", "least"),
    [
        (EMPTY, 0),
        (POINT, 1),
        ({"type": "fixed", "name": "F", "size": 0}, 0),
        (
            {
                "type": "record",
                "name": "R",
                "fields": [{"name": "f", "type": {"type": "fixed", "name": "F", "size": 1}}],
            },
            1,
        ),
        ("double", 8),
    ],
)
def test_a_value_takes_at_least_so_many_bytes(schema: Any, least: int) -> None:
    assert least_bytes(read_writer_type(schema)) == least
