"""The source of files reads what Python's ``csv`` and ``json`` read, wherever the file is cut, and every byte once.

Files are random, whole and broken. One process of Java reads them all (``ReadFiles`` of the connectors' tests).
"""

import csv
import gzip
import io
import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producers.reference.cells import typed
from tests.flink.csv_files import COLUMNS, Dialect, expected, lines_of, some_file
from tests.flink.java_source import Java, Rows, ends_of
from tests.unit.avro.json_cases import shown
from tidegate.avro.json_values import from_json
from tidegate.avro.types import AvroType, read_record
from tidegate.errors import TidegateError

EXAMPLES = 200
CELLS = ("", "a", "é", "x y", 'p"q', "r,s", "l\nm", "l\r\nm", "n\n\no")
"""Signs that mean something have letters around them: a quote that is lost can then never end by chance."""
VALUES = (
    '{"a": [1, {"b": "]"}], "c": "é\\"}"}',
    "{}",
    "[]",
    "12",
    '"x,]"',
    "null",
    "{a: 1}",
    "tru",
    '{"a": 1, "a": 2}',
)
"""Values of an array, bad ones among them; their brackets fit together."""
randoms = st.randoms(use_true_random=False)


@pytest.fixture(scope="module")
def java(flink_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Java]:
    process = Java(flink_environment, tmp_path_factory.mktemp("files"))
    yield process
    process.end()


def rows_of(found: Rows) -> list[tuple[int, int, Any]]:
    return [(row["offset"], row["length"], row["code"] or row["columns"]) for row in found if row["kind"] == "row"]


def check_every_byte(found: Rows, content: bytes) -> None:
    """Rows have the bytes of their places, are numbered, and the splits leave no gap."""
    at = 0
    for end in ends_of(found):
        assert end["offset"] == at
        at += end["length"]
        rows = [row for row in found if row["kind"] == "row" and row["split"] == end["split"]]
        assert [row["split-row"] for row in rows] == list(range(1, end["rows"] + 1))
        for row in rows:
            assert end["offset"] <= row["offset"] <= row["offset"] + row["length"] <= at
            assert bytes.fromhex(row["value.raw"]) == content[row["offset"] : row["offset"] + row["length"]]
    assert at == len(content)


@settings(max_examples=EXAMPLES, deadline=None)
@given(rng=randoms)
def test_lines_are_read_as_python_reads_them_wherever_the_file_is_cut(java: Java, rng: Random) -> None:
    dialect = Dialect.any(rng)
    content = some_file(rng, dialect)
    part = rng.choice([1, 2, 3, 7, rng.randint(1, len(content) + 1), len(content) + 1])

    found = java.read(content, {**dialect.options(), "split-bytes": f"{part} b"})

    wanted = expected(content, dialect)
    assert rows_of(found) == wanted.rows, content
    sums = [sum(end[key] for end in ends_of(found)) for key in ("rows", "header-lines", "blank-lines", "comment-lines")]
    assert sums == [len(wanted.rows), wanted.header_lines, wanted.blank_lines, wanted.comment_lines]
    check_every_byte(found, content)


def written(rows: list[list[str]], newline: str, quoting: Any, escape: str = "") -> list[bytes]:
    """Each row as Python writes it."""
    found = []
    for row in rows:
        out = io.StringIO()
        writer = csv.writer(
            out, lineterminator=newline, quoting=quoting, escapechar=escape or None, doublequote=not escape
        )
        writer.writerow(row)
        found.append(out.getvalue().encode())
    return found


def some_rows(rng: Random, escape: str = "") -> list[bytes]:
    """A header, and rows whose cells may hold the ends of lines; none is empty."""
    rows = [list(COLUMNS)] + [["k", *rng.choices(CELLS, k=2)] for _ in range(rng.randint(0, 10))]
    return written(rows, rng.choice(["\n", "\r\n"]), rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]), escape)


def multiline(rng: Random, escape: str = "") -> dict[str, str]:
    newline = rng.choice(["any", "lf"])
    return {**Dialect(escape=escape).options(), "csv.multiline": "true", "newline": newline}


@settings(max_examples=EXAMPLES, deadline=None)
@given(rng=randoms)
def test_rows_across_lines_are_read_as_python_reads_them(java: Java, rng: Random) -> None:
    escape = rng.choice(["", "\\"])
    text = b"".join(some_rows(rng, escape)).decode()
    encoding = rng.choice(["utf-8", "utf-16le"])
    content = text.encode(encoding)

    found = java.read(content, {**multiline(rng, escape), "encoding": encoding, "split-bytes": "1 b"})

    wanted = csv.reader(io.StringIO(text, newline=""), strict=True, escapechar=escape or None)
    assert [row[2] for row in rows_of(found)] == list(wanted)[1:]
    assert len(ends_of(found)) == 1
    assert [row["row"] for row in found[:-1]] == list(range(1, len(found)))
    check_every_byte(found, content)


@settings(max_examples=EXAMPLES, deadline=None)
@given(rng=randoms)
def test_a_broken_row_across_lines_alters_none_beside_it(java: Java, rng: Random) -> None:
    escape = rng.choice(["", "\\"])
    rows, options = some_rows(rng, escape), multiline(rng, escape)
    good = java.read(b"".join(rows), options)[:-1]
    if not good:
        return
    broken = rng.randint(1, len(rows) - 1)
    row = rows[broken]
    at = rng.randint(0, len(row.rstrip(b"\r\n")) - 1)
    rows[broken] = rng.choice([row[:at] + b'"' + row[at:], row[:at] + row[at + 1 :], row[:at] + b"\n"])

    found = java.read(b"".join(rows), options)

    start, end = sum(map(len, rows[:broken])), sum(map(len, rows[: broken + 1]))
    around = [each for each in rows_of(found) if not start <= each[0] < end]
    shift = len(rows[broken]) - len(row)
    kept = [(offset if offset < start else offset + shift, size, cells) for offset, size, cells in rows_of(good)]
    assert around == [each for number, each in enumerate(kept) if number != broken - 1], b"".join(rows)
    check_every_byte(found, b"".join(rows))


@settings(max_examples=EXAMPLES // 2, deadline=None)
@given(rng=randoms)
def test_lines_of_json_are_cut_at_their_ends_only(java: Java, rng: Random) -> None:
    dialect = Dialect.any(rng)
    lines = [rng.choice(["", "{}", '{"a": "x"}', '{"a"', "\x00", " "]) for _ in range(rng.randint(0, 9))]
    text = dialect.newline.join(lines) + rng.choice(["", dialect.newline])
    content = dialect.beginning() + text.encode(dialect.encoding)
    part = rng.randint(1, len(content) + 1)

    found = java.read(content, {"layout": "json-lines", "encoding": dialect.java_encoding, "split-bytes": f"{part} b"})

    wanted = [(offset, len(line), line.decode(dialect.encoding)) for offset, line in lines_of(content, dialect) if line]
    assert rows_of(found) == [(at, size, "NOT_JSON" if text[0] == "\0" else [text]) for at, size, text in wanted]
    check_every_byte(found, content)


@settings(max_examples=EXAMPLES // 2, deadline=None)
@given(rng=randoms)
def test_an_array_is_cut_between_its_values(java: Java, rng: Random) -> None:
    encoding = rng.choice(["utf-8", "utf-16le"])
    values = [rng.choice(VALUES) for _ in range(rng.randint(0, 6))]
    blanks = [rng.choice(["", " ", "\n", "\r\n\t"]) for _ in range(4)]
    between = f"{blanks[0]},{blanks[1]}"
    text = f"{blanks[2]}[{blanks[3]}{between.join(values)}{blanks[2]}]{blanks[3]}"
    content = text.encode(encoding)

    found = java.read(content, {"layout": "json-array", "encoding": encoding})

    assert [row[2] for row in rows_of(found)] == [[value] for value in values]
    check_every_byte(found, content)


TYPES: tuple[Any, ...] = (
    "int",
    "long",
    "float",
    "double",
    "boolean",
    "string",
    "bytes",
    {"type": "int", "logicalType": "date"},
    {"type": "long", "logicalType": "timestamp-millis"},
    {"type": "long", "logicalType": "timestamp-micros"},
    {"type": "bytes", "logicalType": "decimal", "precision": 6, "scale": 2},
    {"type": "bytes", "logicalType": "decimal", "precision": 30, "scale": 4},
    {"type": "enum", "name": "E", "symbols": ["NEW", "T"]},
    {"type": "fixed", "name": "F", "size": 2},
    {"type": "fixed", "name": "U", "size": 16, "logicalType": "uuid"},
)
TEXTS = (
    "0", "-7", "12.50", "9999.99", "2147483647", "9223372036854775808", "1.5e3", "1e400", "true", "N", "NEW", "AQI=",
    "2026-11-21", "2026-02-30", "2026-11-21T10:00:00.250Z", "20261121 1000+01", "1763700000000", "1763700000", r"\N",
    "019b7975-5000-7c3a-9f21-6f0d6a1b2c01", "é", " 1 ", "",
)  # fmt: skip
"""Each stands for a value of some type, or nearly."""


def in_python(cell: str, avro: AvroType) -> Any:
    if avro.kind == "bytes" and len(cell) % 4:
        return "BAD_VALUE"  # Python's Base64 takes a padding too much
    try:
        return [shown(from_json(typed(cell, avro, "row.v"), avro, "row.v"), avro)]
    except (ValueError, TidegateError):
        return "BAD_VALUE"


def some_cell(rng: Random) -> str:
    cell = rng.choice(TEXTS)
    if rng.random() < 0.5:
        at = rng.randint(0, len(cell))
        cell = cell[:at] + rng.choice("0123456789.-+eEZ: _,T=") + cell[at + rng.randint(0, 1) :]
    return cell


@settings(max_examples=EXAMPLES, deadline=None)
@given(rng=randoms)
def test_a_cell_stands_for_what_it_does_in_python(java: Java, rng: Random) -> None:
    chosen = rng.choice(TYPES)
    schema = {"type": "record", "name": "R", "fields": [{"name": "v", "type": chosen}]}
    cells = [some_cell(rng) for _ in range(40)]
    content = b"".join(written([["v"], *([cell] for cell in cells)], "\n", csv.QUOTE_ALL))

    found = java.read(content, {"layout": "csv", "csv.schema": json.dumps(schema)})

    avro = read_record(schema).fields[0].type
    wanted = [in_python(cell, avro) for cell in cells]
    assert [row[2] for row in rows_of(found)] == wanted, list(zip(cells, rows_of(found), wanted, strict=True))


def zstd(content: bytes) -> bytes:
    return bytes(pyarrow.compress(content, codec="zstd", asbytes=True))


@settings(max_examples=EXAMPLES // 4, deadline=None)
@given(rng=randoms)
def test_a_packed_file_has_the_rows_of_what_is_in_it(java: Java, rng: Random) -> None:
    dialect = Dialect.any(rng)
    content = some_file(rng, dialect)
    cut = rng.randint(0, len(content))
    parts = (content[:cut], content[cut:])
    packed = b"".join(map(gzip.compress if rng.random() < 0.5 else zstd, parts))

    found = java.read(packed, {**dialect.options(), "split-bytes": "1 b"})

    assert rows_of(found) == expected(content, dialect).rows
    check_every_byte(found, content)
