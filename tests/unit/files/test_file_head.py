"""What a file begins with, by which its rows are read: the mark, the header, the encoding, packed or not."""

import gzip
from typing import Any

import pytest

from tidegate.contracts.file_section import FileSection
from tidegate.files.file_head import FileHead, head_of, unpacked_start


def section(**values: Any) -> FileSection:
    return FileSection.model_validate({"format": "csv", "pattern": "in/{date:yyyy-MM-dd}.csv", **values})


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_header_is_the_first_line_that_is_neither_blank_nor_a_comment(end: str) -> None:
    start = end.join(["", "# of today", 'id,"a, b",c', "1,2,3"]).encode()

    assert head_of(start, section(csv={"comment": "#"})) == FileHead(b'id,"a, b",c\n', "utf-8", ("id", "a, b", "c"))


def test_a_mark_stays_where_it_is() -> None:
    assert head_of(b"\xef\xbb\xbfid,b\n1,2\n", section()) == FileHead(b"\xef\xbb\xbfid,b\n", "utf-8", ("id", "b"))


@pytest.mark.parametrize(("mark", "codec"), [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")])
def test_utf_16_is_written_in_the_order_of_its_mark(mark: bytes, codec: str) -> None:
    start = mark + "id;ä\n1;2\n".encode(codec)

    found = head_of(start, section(encoding="UTF-16", csv={"delimiter": ";"}))

    assert found == FileHead(mark + "id;ä\n".encode(codec), codec, ("id", "ä"))


def test_columns_of_the_contract_need_no_header() -> None:
    assert head_of(b"1,2\n", section(csv={"columns": ["id", "b"]})) == FileHead(b"", "utf-8", ("id", "b"))


def test_json_has_no_more_than_a_mark() -> None:
    assert head_of(b'{"a":1}\n', section(format="json_lines")) == FileHead(b"", "utf-8")
    assert head_of(b"[]", section(format="json_array", encoding="windows-1252")) == FileHead(b"", "cp1252")


@pytest.mark.parametrize("start", [b"", b"\n\n", b'id,"b\n', b"id,\xff\n"])
def test_without_a_header_that_can_be_read_there_is_none(start: bytes) -> None:
    assert head_of(start, section()) is None


def test_a_packed_file_is_looked_into() -> None:
    assert unpacked_start(iter([gzip.compress(b"id,b\n1,2\n")])) == b"id,b\n1,2\n"
    assert unpacked_start(iter([b"id,b\n", b"1,2\n"])) == b"id,b\n"
