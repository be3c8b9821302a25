"""A record is read by the schema that its frame names; what can't be read is no record, and no error."""

import pytest

from tidegate.avro.codec import Encoder
from tidegate.avro.frame import frame
from tidegate.avro.records import WriterSchemas, decode_record, parsed_schemas, plain_schemas
from tidegate.avro.types import AvroSchema

OLD: AvroSchema = {"type": "record", "name": "Sample", "fields": [{"name": "text", "type": "string"}]}
NEW: AvroSchema = {**OLD, "fields": [*OLD["fields"], {"name": "number", "type": "int"}]}
KNOWN = {1: OLD, 2: NEW}


def test_each_record_is_read_by_its_own_schema() -> None:
    schemas = parsed_schemas(KNOWN.get)
    records: list[tuple[int, dict[str, object]]] = [(1, {"text": "a"}), (2, {"text": "b", "number": 3})]
    for schema_id, record in records:
        assert decode_record(Encoder(KNOWN[schema_id], schema_id).encode(record), schemas) == record


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"hello",
        frame(9) + b"\x02a",
        frame(1) + b"\x04a",
        frame(1) + b"\x02\xff",
        frame(1) + b"\x02a ",
    ],
    ids=["empty", "no frame", "unknown schema", "cut off", "no UTF-8", "bytes left over"],
)
def test_what_can_not_be_read_is_no_record(value: bytes) -> None:
    assert decode_record(value, parsed_schemas(KNOWN.get)) is None


def test_a_schema_is_looked_up_and_made_once() -> None:
    asked: list[int] = []
    made: list[AvroSchema] = []

    def look_up(schema_id: int) -> AvroSchema | None:
        asked.append(schema_id)
        return KNOWN.get(schema_id)

    def make(schema: AvroSchema) -> str:
        made.append(schema)
        return "made"

    schemas = WriterSchemas(look_up, make)
    assert [schemas[schema_id] for schema_id in (1, 1, 9, 9, -1)] == ["made", "made", None, None, None]
    assert (asked, made) == ([1, 9], [OLD])


def test_a_time_that_no_library_can_hold_is_a_plain_number() -> None:
    at = {"type": "long", "logicalType": "timestamp-millis"}
    stamped: AvroSchema = {"type": "record", "name": "Stamped", "fields": [{"name": "at", "type": ["null", at]}]}
    value = frame(3) + b"\x02" + b"\xfe" + b"\xff" * 8 + b"\x01"

    assert decode_record(value, parsed_schemas({3: stamped}.get)) is None
    assert decode_record(value, plain_schemas({3: stamped}.get)) == {"at": 2**63 - 1}


@pytest.mark.parametrize(
    "schema", [{"type": "JSON"}, {"type": "record", "name": "R", "fields": [{"name": "a", "type": "B"}]}]
)
def test_by_a_schema_that_is_none_nothing_is_read_and_nothing_ends(schema: AvroSchema) -> None:
    for schemas in (parsed_schemas({3: schema}.get), plain_schemas({3: schema}.get)):
        assert decode_record(frame(3) + b"\x02a", schemas) is None
