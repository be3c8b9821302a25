"""Repair files: each row lies where its offset says, and they are read as files of their format."""

import csv
import io
import json

import pytest

from tidegate.contracts.file_section import FileFormat
from tidegate.files.file_head import FileHead
from tidegate.files.repair_file import repair_file

OBJECTS = [b'{"a": 1}', b'{"a": 22}']


def test_csv_has_the_header_of_its_file() -> None:
    found = repair_file("csv", FileHead(b"\xef\xbb\xbfid,name\n", "utf-8", ("id", "name")), [b"1,a", b'2,"b, c"'])

    assert [*csv.reader(io.StringIO(found.content.decode("utf-8-sig")))] == [["id", "name"], ["1", "a"], ["2", "b, c"]]
    assert [found.content[at:].split(b"\n")[0] for at in found.offsets] == [b"1,a", b'2,"b, c"']


def test_json_is_lines_or_an_array() -> None:
    lines = repair_file("json_lines", FileHead(b"", "utf-8"), OBJECTS)
    array = repair_file("json_array", FileHead(b"", "utf-8"), OBJECTS)

    assert repair_file("parquet", FileHead(b"", "utf-8"), OBJECTS) == lines
    assert [json.loads(line) for line in lines.content.splitlines()] == [{"a": 1}, {"a": 22}]
    assert json.loads(array.content) == [{"a": 1}, {"a": 22}]


@pytest.mark.parametrize("file_format", ["csv", "json_lines", "json_array"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16-be"])
def test_each_row_begins_where_its_offset_says(file_format: FileFormat, codec: str) -> None:
    rows = [row.decode().encode(codec) for row in (b"{}", *OBJECTS)]

    found = repair_file(file_format, FileHead("\ufeffhead\n".encode(codec), codec), rows)

    assert [found.content[at : at + len(row)] for at, row in zip(found.offsets, rows, strict=True)] == rows
    found.content.decode(codec)
