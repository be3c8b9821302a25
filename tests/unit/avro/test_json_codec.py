"""What is written as JSON is read as the same record, under the names that it has in JSON."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.avro.json_cases import shown
from tidegate.avro.json_codec import JsonEncoder
from tidegate.avro.types import AvroSchema, read_record

SCHEMA: AvroSchema = {
    "type": "record",
    "name": "R",
    "fields": [
        {"name": "meter_raw", "type": "string", "json": "meter.raw"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "on", "type": {"type": "int", "logicalType": "date"}},
        {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}},
        {"name": "blob", "type": "bytes"},
        {"name": "uuid", "type": {"type": "fixed", "name": "U", "size": 16, "logicalType": "uuid"}},
        {"name": "tags", "type": {"type": "map", "values": {"type": "array", "items": ["null", "double"]}}},
        {"name": "note", "type": ["null", "string"], "default": None},
    ],
}
RECORD: dict[str, Any] = {
    "meter_raw": "é",
    "at": datetime(2026, 11, 21, 10, 0, 0, 250_000, UTC),
    "on": date(2026, 11, 21),
    "price": Decimal("12.50"),
    "blob": b"\x00\xff",
    "uuid": bytes(range(16)),
    "tags": {"a": [1.5, None]},
    "note": None,
}


def test_a_record_survives() -> None:
    encoder, avro = JsonEncoder(SCHEMA), read_record(SCHEMA)

    value = encoder.encode(RECORD)

    assert json.loads(value)["meter.raw"] == "é"
    assert shown(encoder.decode(value), avro) == shown(RECORD, avro)


def test_a_field_is_left_out_that_is_not_given_and_has_a_default() -> None:
    assert "note" not in json.loads(JsonEncoder(SCHEMA).encode({name: RECORD[name] for name in [*RECORD][:-1]}))


def test_a_time_may_be_a_number_in_its_own_unit() -> None:
    assert json.loads(JsonEncoder(SCHEMA).encode({**RECORD, "at": 1_763_700_000_000}))["at"] == 1_763_700_000_000


def test_what_json_can_not_say_is_refused() -> None:
    with pytest.raises(ValueError, match=r"R.blob: no value"):
        JsonEncoder(SCHEMA).encode({name: value for name, value in RECORD.items() if name != "blob"})
    with pytest.raises(ValueError, match="not JSON compliant"):
        JsonEncoder(SCHEMA).encode({**RECORD, "tags": {"a": [float("nan")]}})
