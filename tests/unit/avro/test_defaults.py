"""A field that a record lacks gets its default, whatever its type; a default that is none is one clear error."""

import copy
import io
from datetime import date
from decimal import Decimal
from typing import Any

import fastavro
import pytest

from tidegate.avro.defaults import parse
from tidegate.avro.types import AvroSchema
from tidegate.errors import ContractError

PRICE = {"type": "bytes", "logicalType": "decimal", "precision": 6, "scale": 2}
INNER = {"type": "record", "name": "Inner", "fields": [{"name": "raw", "type": "bytes", "default": "\u00fe"}]}


def record_of(avro_type: Any, default: Any) -> AvroSchema:
    return {"type": "record", "name": "Outer", "fields": [{"name": "x", "type": avro_type, "default": default}]}


def written(schema: AvroSchema, record: dict[str, Any]) -> Any:
    """What a reader finds in the field ``x`` of ``record``."""
    parsed = parse(schema)
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, parsed, record)
    found = fastavro.schemaless_reader(io.BytesIO(buffer.getvalue()), parsed, None)
    assert isinstance(found, dict)
    return found["x"]


@pytest.mark.parametrize(
    ("avro_type", "default", "value"),
    [
        (["null", "string"], None, None),
        ("string", "web", "web"),
        ({"type": "int", "logicalType": "date"}, 1, date(1970, 1, 2)),
        ("bytes", "\u00ff", b"\xff"),
        (["bytes", "null"], "\u00ff", b"\xff"),
        (["null", "bytes"], None, None),
        (PRICE, "\u0001\u0000", Decimal("2.56")),
        ({"type": "array", "items": "bytes"}, ["\u0000"], [b"\x00"]),
        ({"type": "map", "values": "bytes"}, {"a": "b"}, {"a": b"b"}),
        (INNER, {"raw": "a"}, {"raw": b"a"}),
        (INNER, {}, {"raw": b"\xfe"}),
    ],
)
def test_a_missing_field_is_written_as_its_default(avro_type: Any, default: Any, value: Any) -> None:
    schema = record_of(avro_type, default)
    before = copy.deepcopy(schema)
    assert written(schema, {}) == value
    assert schema == before


def test_fields_of_records_within_get_their_defaults_too() -> None:
    assert written(record_of({"type": "array", "items": INNER}, []), {"x": [{}]}) == [{"raw": b"\xfe"}]


def test_a_record_type_that_is_used_again_has_its_default_too() -> None:
    schema = record_of("Inner", {"raw": "a"})
    schema["fields"].insert(0, {"name": "first", "type": INNER, "default": {}})
    assert written(schema, {}) == {"raw": b"a"}


def test_a_default_of_another_type_is_one_clear_error() -> None:
    with pytest.raises(ContractError, match=r"schema of Outer is not Avro.*contract check"):
        parse(record_of("string", 5))
