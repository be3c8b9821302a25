"""The vectorised reading of leading fields agrees with fastavro, and never reads beyond a record."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tidegate.avro.codec import Encoder
from tidegate.avro.frame import schema_id_of
from tidegate.avro.leading_fields import Buffer, layout_of, layouts, read_by_schema, read_fields, texts
from tidegate.avro.types import AvroSchema

LONGS = st.integers(-(2**63), 2**63 - 1)
SCHEMA = {
    "type": "record",
    "name": "Sample",
    "fields": [
        {"name": "number", "type": "int"},
        {"name": "text", "type": "string"},
        {"name": "offset", "type": "long"},
        {"name": "rest", "type": ["null", "string"]},
    ],
}
records = st.fixed_dictionaries(
    {
        "number": st.integers(-(2**31), 2**31 - 1),
        "text": st.text(),
        "offset": LONGS,
        "rest": st.none() | st.text(),
    }
)


encode = Encoder(SCHEMA, 7).encode


@given(st.lists(records))
def test_leading_fields_are_those_that_were_written(written: list[dict[str, Any]]) -> None:
    layout = layout_of(SCHEMA, ["offset", "text", "number"])
    assert layout is not None
    buffer = Buffer.of([encode(record) for record in written])

    fields = read_fields(buffer, layout)

    offset, text, number = fields.columns
    assert fields.readable.all()
    assert texts(buffer, [offset], b"_".join) == [b"%d" % record["offset"] for record in written]
    assert texts(buffer, [text], b"_".join) == [record["text"].encode() for record in written]
    assert texts(buffer, [text, number], b"_".join) == [f"{row['text']}_{row['number']}".encode() for row in written]
    assert buffer.schema_ids().tolist() == [7] * len(written)


@given(st.lists(st.tuples(records, st.integers(0, 40)), min_size=1))
def test_a_truncated_record_is_not_readable_and_its_neighbours_are(cuts: list[tuple[dict[str, Any], int]]) -> None:
    layout = layout_of(SCHEMA, ["offset"])
    assert layout is not None
    whole = [len(encode({**record, "rest": None})) - 1 for record, _ in cuts]
    values = [encode({**record, "rest": None})[:cut] for record, cut in cuts]

    fields = read_fields(Buffer.of(values), layout)

    assert fields.readable.tolist() == [cut >= size for (_, cut), size in zip(cuts, whole, strict=True)]


@given(st.lists(st.binary(max_size=60)))
def test_any_bytes_can_be_looked_at(values: list[bytes]) -> None:
    layout = layout_of(SCHEMA, ["number", "text", "offset"])
    assert layout is not None
    buffer = Buffer.of(values)

    fields = read_fields(buffer, layout)

    assert len(fields.readable) == len(values)
    assert len(texts(buffer, fields.columns, b"_".join)) == len(values)
    assert buffer.schema_ids().tolist() == [schema_id_of(value) for value in values]


def test_a_wanted_field_behind_a_nullable_one_has_no_layout() -> None:
    assert layout_of(SCHEMA, ["rest"]) is None
    assert layout_of(SCHEMA, ["absent"]) is None


def test_a_timestamp_may_stand_before_a_wanted_field_but_is_none() -> None:
    stamp = {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}
    schema = {"type": "record", "name": "Stamped", "fields": [stamp, {"name": "text", "type": "string"}]}
    buffer = Buffer.of([Encoder(schema, 7).encode({"at": 1_795_000_000_000, "text": "x"})])

    layout = layout_of(schema, ["text"])

    assert layout is not None
    assert texts(buffer, read_fields(buffer, layout).columns, b"_".join) == [b"x"]
    assert layout_of(schema, ["at"]) is None, "it has another text when it is decoded"


def test_records_of_several_schemas_are_read_schema_by_schema() -> None:
    other = {"type": "record", "name": "Other", "fields": [{"name": "text", "type": "string"}]}
    schemas: dict[int, AvroSchema] = {7: SCHEMA, 8: other}
    record = {"number": 1, "text": "a", "offset": 2, "rest": None}
    values = [encode(record), Encoder(other, 8).encode({"text": "b"}), b"hello", encode({**record, "text": "c"})]

    read = [*read_by_schema(Buffer.of(values), layouts(schemas.get, ["text"]))]

    found = {
        tuple(some.places.tolist()): some.fields and texts(some.buffer, some.fields.columns, b"_".join) for some in read
    }
    assert found == {(0, 3): [b"a", b"c"], (1,): [b"b"], (2,): None}
