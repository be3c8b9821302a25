"""The source of files reads of Parquet what pyarrow has written, however it is written and cut, and every row once."""

import gzip
import io
import json
import math
from collections import defaultdict
from collections.abc import Iterator
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.flink.java_source import Java, Rows, ends_of
from tests.flink.parquet_tables import Table
from tidegate.files.file_head import FileHead
from tidegate.files.parquet_letter import not_said
from tidegate.files.places import places_hash
from tidegate.files.repair_file import repair_file

EXAMPLES = 40
randoms = st.randoms(use_true_random=False)


@pytest.fixture(scope="module")
def java(flink_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Java]:
    process = Java(flink_environment, tmp_path_factory.mktemp("files"))
    yield process
    process.end()


def check_every_row(found: Rows, count: int) -> None:
    """Rows have their numbers, and the splits leave no gap."""
    by_split = defaultdict[int, Rows](list)
    for row in found:
        if row["kind"] == "row":
            by_split[row["split"]].append(row)
    at = 0
    for end in ends_of(found):
        assert end["code"] is None, end["message"]
        rows = by_split[end["split"]]
        assert (end["offset"], end["length"], end["rows"]) == (at, len(rows), len(rows))
        assert [row["offset"] for row in rows] == list(range(at, at + len(rows)))
        assert [row["split-row"] for row in rows] == list(range(1, len(rows) + 1))
        assert end["places"] == places_hash(np.arange(at, at + len(rows), dtype=np.int64))
        at += len(rows)
    assert at == count


def values_of(found: Rows) -> list[str]:
    return [row["columns"][0] for row in found if row["kind"] == "row"]


def same(left: Any, right: Any) -> bool:
    """What is no number is the same as itself."""
    if isinstance(left, dict | list | tuple):
        both = [each.items() if isinstance(each, dict) else each for each in (left, right)]
        return all(same(*pair) for pair in zip(*both, strict=True))
    return bool(left == right) or (isinstance(left, float) and math.isnan(left) and math.isnan(right))


@settings(max_examples=EXAMPLES, deadline=None)
@given(rng=randoms)
def test_rows_are_those_that_were_written_wherever_the_file_is_cut(java: Java, rng: Random) -> None:
    table = Table.any(rng)
    content = table.written(rng)
    part = rng.choice([max(1, len(content) // 3), rng.randint(50, 300), len(content) + 1])

    found = java.read(content, table.options(**{"split-bytes": f"{part} b"}))

    check_every_row(found, len(table.rows))
    read = [table.back(text) for text in values_of(found)]
    assert len(read) == len(table.rows)
    assert all(same(row, wanted) for row, wanted in zip(read, table.rows, strict=True)), (read, table.rows)


@settings(max_examples=EXAMPLES, deadline=None)
@given(rng=randoms)
def test_a_row_is_the_same_out_of_a_repair_file_whatever_types_its_own_has(java: Java, rng: Random) -> None:
    """What a letter quotes of it is what is decoded; so another verdict is of what a recipe has changed."""
    table = Table.any(rng)
    of_file = values_of(java.read(table.written(rng), table.options()))
    made = repair_file("parquet", FileHead(b"", "utf-8"), map(str.encode, of_file))

    options = table.options(**{"split-bytes": f"{max(1, len(made.content) // rng.randint(1, 9))} b"})
    found = java.read(made.content, options, "json-lines")

    assert values_of(found) == of_file
    assert [row["offset"] for row in found if row["kind"] == "row"] == [*made.offsets]
    assert {end["code"] for end in ends_of(found)} == {None}


@settings(max_examples=30, deadline=None)
@given(rng=randoms)
def test_a_file_that_is_cut_off_says_so_and_no_row_is_made_up(java: Java, rng: Random) -> None:
    table = Table.any(rng)
    content = table.written(rng)
    kept = rng.randrange(len(content))

    found = java.read(content[:kept], table.options())

    assert [end["code"] for end in ends_of(found)] == ["BAD_PARQUET"]
    assert len(found) == 1


def _file(columns: dict[str, pa.Array], **options: Any) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, **options)
    return out.getvalue()


def _options(*names: str, avro: Any = "string", **more: str) -> dict[str, str]:
    fields = [{"name": name, "type": ["null", avro], "default": None} for name in names]
    schema = json.dumps({"type": "record", "name": "R", "fields": fields})
    return {"layout": "parquet", "value.contract-json.schema": schema, **more}


TWO = {"a": pa.array(["x", None]), "b": pa.array(["y", "z"])}


@pytest.mark.parametrize(
    ("columns", "more", "said"),
    [
        (("b", "a"), {}, None),
        (("b", "a", "c"), {}, "columns missing: 'c'"),
        (("b", "a", "c"), {"parquet.missing-columns": "default"}, None),
        (("b",), {}, None),
        (("b",), {"value.contract-json.unknown-fields": "rescue"}, None),
        (("b", "c"), {"value.contract-json.unknown-fields": "reject"}, "columns missing: 'c'; unknown: 'a'"),
    ],
)
def test_columns_are_those_of_the_contract_or_the_file_is_at_fault(
    java: Java, columns: tuple[str, ...], more: dict[str, str], said: str | None
) -> None:
    found = java.read(_file(TWO), _options(*columns, **more))

    assert [(end["code"], end["message"]) for end in ends_of(found)] == [("BAD_HEADER" if said else None, said)]
    assert values_of(found) == ([] if said else ['{"a":"x","b":"y"}', '{"a":null,"b":"z"}'])


def test_bytes_are_a_text_where_the_contract_says_so_and_one_that_is_none_is_a_bad_row(java: Java) -> None:
    content = _file({"a": pa.array(["é".encode(), b"\xff", None]), "b": pa.array([b"\xff"] * 3)})
    fields = [{"name": "a", "type": ["null", "string"]}, {"name": "b", "type": "bytes"}]
    schema = json.dumps({"type": "record", "name": "R", "fields": fields})

    first, bad, last, _ = java.read(content, {"layout": "parquet", "value.contract-json.schema": schema})

    assert [first["columns"], last["columns"]] == [['{"a":"é","b":"/w=="}'], ['{"a":null,"b":"/w=="}']]
    assert (bad["code"], bad["message"], bad["offset"]) == ("BAD_UTF8", "field 'a': a text that is not UTF-8", 1)
    assert json.loads(bytes.fromhex(bad["value.raw"])) == {"a": "\ufffd", "b": "/w=="}
    assert not_said({"stage": "decode", "error_message": bad["message"]}), "so no repair file has the sign in its place"


def test_a_row_that_is_too_long_is_a_bad_one_alone(java: Java) -> None:
    options = _options("a", **{"max-row-bytes": "20 b", "raw.max-bytes": "10 b"})

    first, long, last, end = java.read(_file({"a": pa.array(["x", "y" * 50, "z"])}), options)

    assert [row["columns"] for row in (first, last)] == [['{"a":"x"}'], ['{"a":"z"}']]
    assert (long["code"], long["length"]) == ("RECORD_TOO_LARGE", 58)
    assert bytes.fromhex(long["value.raw"]) == b'{"a":"yyyy'
    assert end["rows"] == 3


def test_times_of_older_writers_are_in_utc(java: Java) -> None:
    moments = [0, 1_764_324_000_123_456, -1_000_000]
    content = _file({"a": pa.array(moments, pa.timestamp("us"))}, use_deprecated_int96_timestamps=True)

    read = [json.loads(text)["a"] for text in values_of(java.read(content, _options("a")))]

    assert read == ["1970-01-01T00:00:00Z", "2025-11-28T10:00:00.123456Z", "1969-12-31T23:59:59Z"]


def test_what_is_packed_or_written_in_a_way_that_is_not_read_says_so(java: Java) -> None:
    for content, said in {
        _file(TWO, compression="BROTLI"): "column 'a' is packed by BROTLI, which is not read",
        gzip.compress(_file(TWO)): "its end can't be read: ",
        b"": "its end can't be read: ",
        b"a,b\n1,2\n": "its end can't be read: ",
    }.items():
        (end,) = java.read(content, _options("a", "b"))
        assert end["code"] == "BAD_PARQUET"
        assert end["message"].startswith(said)


@settings(max_examples=60, deadline=None)
@given(rng=randoms)
def test_a_file_of_which_bytes_were_changed_is_at_fault_or_read_and_stops_no_job(java: Java, rng: Random) -> None:
    """Which bytes of values are others nobody can tell: its checksum can, which a manifest may have."""
    table = Table.any(rng)
    content = bytearray(table.written(rng))
    for _ in range(rng.choice([1, 1, 5])):
        content[rng.randrange(len(content))] ^= rng.randint(1, 255)

    found = java.read(bytes(content), table.options(**{"split-bytes": f"{max(1, len(content) // 2)} b"}))

    assert {end["code"] for end in ends_of(found)} <= {None, "BAD_PARQUET", "BAD_HEADER"}
