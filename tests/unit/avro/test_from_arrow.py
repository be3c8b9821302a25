"""What columns are encoded to is, byte for byte, what fastavro writes of each row."""

from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.letters import SCHEMA, encoded, letter
from tests.unit.avro.letters import COLUMNS, SOURCE, TIME, as_columns, made_letters, row_of
from tidegate.avro.codec import Encoder
from tidegate.avro.frame import frame
from tidegate.avro.from_arrow import bytes_of, encode_rows
from tidegate.avro.types import read_record

RECORD = read_record(SCHEMA)


@given(st.lists(made_letters(most_ms=2**52), max_size=6))
@example([letter(1, source_file={"uri": "file:///a.csv", "row": 3, "checksum": "ab"}), letter(2) | {"source": None}])
@settings(max_examples=60, deadline=None)
def test_rows_are_encoded_as_fastavro_does(letters: list[dict[str, Any]]) -> None:
    assert encode_rows(as_columns(letters), RECORD, frame(9)) == [encoded(each, 9) for each in letters]


def test_a_part_of_a_batch_is_encoded_as_that_part() -> None:
    letters = [letter(at, rules=("a",) * at, source={"headers": {"h": b"%d" % at} if at else {}}) for at in range(5)]
    assert encode_rows(as_columns(letters).slice(2, 2), RECORD, frame(1)) == [encoded(each) for each in letters[2:4]]


def test_a_list_or_map_that_is_missing_is_empty() -> None:
    table = as_columns([letter()])
    source = table.to_pylist()[0]["source"] | {"headers": None}
    changed = {"violations": pa.array([None], COLUMNS.field("violations").type), "source": pa.array([source], SOURCE)}
    columns = {name: changed.get(name, table.column(name)) for name in COLUMNS.names}
    empty = letter(source={"timestamp": source["timestamp"]})
    assert encode_rows(pa.RecordBatch.from_pydict(columns), RECORD, frame(1)) == [encoded(empty)]


@pytest.mark.parametrize("path", [("stage",), ("contract", "subject"), ("source", "topic"), ("processor",)])
def test_what_may_not_be_missing_is_named(path: tuple[str, ...]) -> None:
    bad = row_of(letter())
    inner = bad if len(path) == 1 else bad.setdefault(path[0], {})
    inner[path[-1]] = None
    table = pa.RecordBatch.from_pylist([row_of(letter()), bad], COLUMNS)
    with pytest.raises(ValueError, match=f"1 rows have no {path[0]}"):
        encode_rows(table, RECORD)


def test_a_type_that_no_letter_has_is_refused() -> None:
    record = read_record({"type": "record", "name": "R", "fields": [{"name": "x", "type": "double"}]})
    with pytest.raises(ValueError, match="double is not written"):
        encode_rows(pa.RecordBatch.from_pydict({"x": [1.5]}), record)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (pa.array(["ä", ""]), [b"\xc3\xa4", b""]),
        (pa.array([b"\xff", b"x"]).slice(1), [b"x"]),
        (pa.array([-7, 10]), [b"-7", b"10"]),
        (pa.array([], pa.string()), []),
    ],
)
def test_a_column_is_the_bytes_of_each_row(values: Any, wanted: list[bytes]) -> None:
    assert bytes_of(values) == wanted


def test_times_before_1970_are_rounded_down_as_fastavro_does() -> None:
    fields = [{"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]
    record = {"type": "record", "name": "R", "fields": fields}
    at = datetime(1969, 12, 31, 23, 59, 59, 999_001, tzinfo=UTC)
    columns = pa.RecordBatch.from_pydict({"at": pa.array([at], TIME)})
    assert encode_rows(columns, read_record(record), frame(1)) == [Encoder(record, 1).encode({"at": at})]
