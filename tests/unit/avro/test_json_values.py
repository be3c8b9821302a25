"""JSON values in Avro types: exact both ways, refused with the field's name."""

import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import fastavro
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.avro.json_text import UnreadableNumber
from tidegate.avro.json_values import JsonValueError, from_json, to_json
from tidegate.avro.types import read_type

SCHEMA: dict[str, Any] = {
    "type": "record",
    "name": "Everything",
    "fields": [
        {"name": "text", "type": "string"},
        {"name": "small", "type": ["null", "int"], "default": None},
        {"name": "big", "type": "long"},
        {"name": "ratio", "type": "double"},
        {"name": "yes", "type": "boolean"},
        {"name": "raw", "type": "bytes"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "fine", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["NEW", "PAID"]}},
        {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 3}},
        {"name": "key", "type": {"type": "fixed", "name": "Key", "size": 16, "logicalType": "uuid"}},
        {"name": "tags", "type": {"type": "array", "items": ["null", "string"]}, "default": []},
        {"name": "counts", "type": {"type": "map", "values": "long"}},
        {"name": "inner", "type": {"type": "record", "name": "Inner", "fields": [{"name": "x", "type": "int"}]}},
    ],
}
TYPE = read_type(SCHEMA)
_TIMES = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
_RECORDS = st.fixed_dictionaries(
    {
        "text": st.text(),
        "small": st.none() | st.integers(-(2**31), 2**31 - 1),
        "big": st.integers(-(2**63), 2**63 - 1),
        "ratio": st.floats(allow_nan=False, allow_infinity=False),
        "yes": st.booleans(),
        "raw": st.binary(),
        "at": _TIMES.map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)),
        "fine": _TIMES,
        "day": st.dates(),
        "price": st.decimals(Decimal("-9999999999"), Decimal("9999999999"), places=2),
        "kind": st.sampled_from(["NEW", "PAID"]),
        "hash": st.binary(min_size=3, max_size=3),
        "key": st.binary(min_size=16, max_size=16),
        "tags": st.lists(st.none() | st.text()),
        "counts": st.dictionaries(st.text(), st.integers(-(2**63), 2**63 - 1)),
        "inner": st.fixed_dictionaries({"x": st.integers(-(2**31), 2**31 - 1)}),
    }
)


@settings(max_examples=50, deadline=None)
@given(_RECORDS)
def test_a_record_survives_json_and_avro(record: dict[str, Any]) -> None:
    text = json.dumps(to_json(record, TYPE))
    buffer = io.BytesIO()
    parsed = fastavro.parse_schema(SCHEMA)
    fastavro.schemaless_writer(buffer, parsed, from_json(json.loads(text), TYPE))
    buffer.seek(0)
    assert fastavro.schemaless_reader(buffer, parsed, None) == record


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", 1),
        ("text", None),
        ("small", 2**31),
        ("small", True),
        ("big", 1.0),
        ("ratio", "1"),
        ("raw", "not base64!"),
        ("at", "2026-11-21T10:00:00"),
        ("at", "yesterday"),
        ("at", "2026-11-21T10:00:00.000001Z"),
        ("at", 2**62),
        ("day", "2026-13-01"),
        ("price", 12.5),
        ("price", "0.001"),
        ("price", "10000000000"),
        ("price", "NaN"),
        ("price", "1e999999999"),
        ("price", "0." + "0" * 200 + "1"),
        ("tags", "a"),
        ("inner", {"x": 1, "y": 2}),
        ("inner", {}),
        ("ratio", Decimal("1e400")),
        ("ratio", Decimal("1e-400")),
        ("ratio", 10**309),
        ("ratio", float("nan")),
        ("ratio", UnreadableNumber("NaN")),
        ("price", UnreadableNumber("1e99999999999999999999")),
        ("price", "1_000"),
        ("price", "١٢"),
        ("price", "9" * 1_000_000),
        ("price", 10**400),
        ("at", "2026-11-21T10:00:00.123000789Z"),
        ("at", "2026-11-21T10:00:00.1230000001+00:00"),
        ("at", "0001-01-01T00:00:00+01:00"),
        ("at", Decimal("1795255200.123")),
        ("at", UnreadableNumber("Infinity")),
        ("text", "half \ud83d"),
        ("counts", {"\udc00": 1}),
        ("raw", "é"),
    ],
)
def test_a_value_that_does_not_fit_names_its_field(field: str, value: object) -> None:
    avro = {part.name: part.type for part in TYPE.fields}[field]
    with pytest.raises(JsonValueError) as caught:
        from_json(value, avro, field)
    assert caught.value.place.startswith(field)
    assert caught.value.remedy


def test_a_time_may_be_a_number_in_the_fields_unit() -> None:
    fields = {part.name: part.type for part in TYPE.fields}
    assert from_json(1500, fields["at"]) == datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("at", 1_795_255_200, "looks like seconds, but the field counts milliseconds"),
        ("at", Decimal("1795255200.123"), "looks like seconds, but the field counts milliseconds"),
        ("at", 1_795_255_200_000_000, "looks like microseconds, but the field counts milliseconds"),
        ("fine", 1_795_255_200_000, "looks like milliseconds, but the field counts microseconds"),
        ("fine", 1_795_255_200_000_000_000, "looks like nanoseconds, but the field counts microseconds"),
    ],
)
def test_a_time_in_another_unit_is_refused_with_a_hint(field: str, value: object, said: str) -> None:
    avro = {part.name: part.type for part in TYPE.fields}[field]
    with pytest.raises(JsonValueError, match=said):
        from_json(value, avro, field)


@pytest.mark.parametrize(
    ("value", "stored"),
    [("12.5000", "12.50"), (Decimal("12.5000"), "12.50"), (Decimal("1.2E1"), "12.00"), ("0.000", "0.00"), (7, "7.00")],
)
def test_zeros_behind_the_scale_are_no_rounding(value: object, stored: str) -> None:
    schema = {"type": "record", "name": "R", "fields": [SCHEMA["fields"][9]]}
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, fastavro.parse_schema(schema), from_json({"price": value}, read_type(schema)))
    buffer.seek(0)
    (read,) = fastavro.schemaless_reader(buffer, fastavro.parse_schema(schema), None).values()
    assert str(read) == stored


def test_a_float_takes_what_four_bytes_hold() -> None:
    assert from_json(Decimal("0.1"), read_type("float")) == 0.1
    for value in (Decimal("1e39"), Decimal("1e-60")):
        with pytest.raises(JsonValueError, match="no finite number of type float"):
            from_json(value, read_type("float"))


def test_a_message_is_short_whatever_the_value() -> None:
    deep: list[Any] = []
    for _ in range(900):
        deep = [deep]
    for value in ("x" * 1_000_000, deep, 10**399, {"k" * 1_000_000: 1}):
        with pytest.raises(JsonValueError) as raised:
            from_json(value, read_type("boolean"))
        assert len(str(raised.value)) < 300


def test_a_missing_field_gets_its_default_or_is_refused() -> None:
    avro = read_type({"type": "record", "name": "R", "fields": SCHEMA["fields"][:2]})
    assert from_json({"text": "a"}, avro) == {"text": "a", "small": None}
    with pytest.raises(JsonValueError, match=r"record\.text: missing"):
        from_json({}, avro)


def test_a_field_with_another_name_in_json_is_read_by_it_or_by_its_own() -> None:
    avro = read_type({"type": "record", "name": "R", "fields": [{"name": "pod", "type": "string", "json": "k8s.pod"}]})
    assert from_json({"k8s.pod": "p"}, avro) == from_json({"pod": "p"}, avro) == {"pod": "p"}
    with pytest.raises(JsonValueError, match=r"record\.pod: the schema has no such field\. Its fields: k8s\.pod"):
        from_json({"k8s.pod": "p", "pod": "q"}, avro)
