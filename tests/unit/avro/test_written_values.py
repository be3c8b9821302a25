import io
from decimal import Decimal
from typing import Any

import fastavro
import pytest

from tidegate.avro.binary import Cursor
from tidegate.avro.writer_types import read_writer_type
from tidegate.avro.written_values import WrittenReader

SCHEMA: dict[str, Any] = {
    "type": "record",
    "name": "Order",
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "price", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}]},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["a", "b"]}},
        {"name": "mark", "type": {"type": "fixed", "name": "Mark", "size": 2}},
        {"name": "tags", "type": {"type": "map", "values": "int"}},
        {
            "name": "lines",
            "type": {
                "type": "array",
                "items": {"type": "record", "name": "Line", "fields": [{"name": "n", "type": "double"}]},
            },
        },
        {"name": "paid", "type": "boolean"},
    ],
}
RECORD = {
    "id": "o1",
    "at": 90_000_000_000_000_000,  # no year that Python has
    "price": Decimal("-12.50"),
    "kind": "b",
    "mark": b"xy",
    "tags": {"ä": -3},
    "lines": [{"n": 1.5}, {"n": -0.0}],
    "paid": True,
}


def written(record: dict[str, Any] = RECORD) -> bytes:
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, fastavro.parse_schema(SCHEMA), record)
    return buffer.getvalue()


def read(data: bytes) -> tuple[dict[str, Any], str | None, int]:
    cursor = Cursor(data, 0, 1024)
    record, error = WrittenReader(read_writer_type(SCHEMA)).read(cursor)
    return record, None if error is None else str(error), cursor.left()


def test_what_is_read_is_written_again_byte_for_byte() -> None:
    record, error, left = read(written())

    assert (record, error, left) == (RECORD, None, 0)
    assert written(record) == written()


def test_bytes_behind_the_last_field_are_left() -> None:
    assert read(written() + b"\x00\x01") == (RECORD, None, 2)


@pytest.mark.parametrize("length", range(len(written())))
def test_of_a_cut_record_the_fields_before_the_cut_are_read(length: int) -> None:
    record, error, _ = read(written()[:length])

    assert RECORD | record == RECORD
    assert len(record) < len(RECORD)
    assert error is not None
    assert f"field {list(RECORD)[len(record)]}: " in error


def test_a_value_that_its_type_has_not_ends_the_reading() -> None:
    record, error, _ = read(written()[:-1] + b"\x07")

    assert "paid" not in record
    assert error == "BAD_VALUE: field paid: a boolean is 0 or 1, not 7"


def test_a_symbol_that_an_enum_lacks_ends_the_reading() -> None:
    data = written().replace(b"\x02xy", b"\x06xy")

    assert read(data)[1] == "BAD_VALUE: field kind: symbol 3 of an enum of 2"
