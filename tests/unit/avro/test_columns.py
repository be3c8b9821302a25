"""Columns are what decoding each record by itself gives, and a broken record spoils no other."""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.letters import SCHEMA, encoded
from tests.unit.avro.letters import made_letters
from tidegate.avro.codec import Encoder
from tidegate.avro.columns import Columns, read_columns
from tidegate.avro.leading_fields import Buffer
from tidegate.avro.writer_types import read_writer_type

WANTED = (
    "dead_letter_id",
    "failed_at",
    "violations.rule",
    "contract.schema_id",
    "source.key",
    "source.headers.key",
    "source.headers.value",
    "source.row",
    "payload_truncated",
    "replay_id",
    "no.such.field",
)
LETTERS = made_letters()


def _read(values: list[bytes]) -> Columns:
    return read_columns(Buffer.of(values), read_writer_type(SCHEMA), WANTED)


def _values(columns: Columns, values: list[bytes], path: str) -> list[list[Any]]:
    found, data = columns.found[path], b"".join(values)
    told: list[list[Any]] = [[] for _ in values]
    ends = [None] * len(found.rows) if found.ends is None else found.ends.tolist()
    for row, value, end in zip(found.rows.tolist(), found.values.tolist(), ends, strict=True):
        told[row].append(value if end is None else data[value:end])
    return told


def _expected(record: dict[str, Any]) -> dict[str, list[Any]]:
    source = record["source"]
    one = {
        "dead_letter_id": record["dead_letter_id"].encode(),
        "failed_at": record["failed_at"],
        "contract.schema_id": record["contract"]["schema_id"],
        "source.key": source["key"],
        "source.row": source["row"],
        "payload_truncated": int(record["payload_truncated"]),
        "replay_id": None if record["replay_id"] is None else record["replay_id"].encode(),
    }
    return {path: [] if value is None else [value] for path, value in one.items()} | {
        "violations.rule": [each["rule"].encode() for each in record["violations"]],
        "source.headers.key": [name.encode() for name in source["headers"]],
        "source.headers.value": [value or b"" for value in source["headers"].values()],
        "no.such.field": [],
    }


@given(st.lists(LETTERS, max_size=6))
def test_they_are_what_decoding_gives(letters: list[dict[str, Any]]) -> None:
    values = [encoded(each) for each in letters]

    columns = _read(values)

    assert columns.readable.all()
    for path in WANTED:
        assert _values(columns, values, path) == [_expected(each)[path] for each in letters]


@settings(max_examples=200)
@given(LETTERS, st.data())
def test_a_broken_record_is_told_and_spoils_no_other(record: dict[str, Any], data: st.DataObject) -> None:
    whole = encoded(record)
    broken = whole[: data.draw(st.integers(5, len(whole) - 1))]
    values = [whole, broken, whole]

    columns = _read(values)

    assert columns.readable.tolist() == [True, False, True]
    expected = _expected(record)
    for path in WANTED:
        told = _values(columns, values, path)
        assert (told[0], told[2]) == (expected[path], expected[path])


@given(st.lists(st.binary(min_size=5, max_size=400), max_size=5))
def test_any_bytes_come_to_an_end(values: list[bytes]) -> None:
    assert len(_read(values).readable) == len(values)


def test_blocks_that_tell_their_size_are_read() -> None:
    schema = {
        "type": "record",
        "name": "R",
        "fields": [{"name": "a", "type": {"type": "array", "items": "int"}}, {"name": "b", "type": "string"}],
    }
    frame = Encoder(schema, 1).frame
    value = frame + bytes([3, 4, 2, 4, 2, 6, 0, 2]) + b"x"  # -2 items in 2 bytes: 1 and 2; one item: 3; the end; "x"
    columns = read_columns(Buffer.of([value]), read_writer_type(schema), ["a", "b"])

    assert columns.readable.all()
    assert columns.found["a"].values.tolist() == [1, 2, 3]
    assert np.array_equal(columns.found["b"].rows, [0])
