"""Lines of bytes: as they are, however they arrive, and of any length."""

import codecs
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.recorded import split
from producers.recorded.split import MAX_LINE_BYTES, Line, split_lines

MEGABYTE = 1_000_000


def lines(*chunks: bytes) -> list[Line]:
    return [line for line in split_lines(iter(chunks)) if line is not None]


@given(st.lists(st.binary(max_size=8)))
def test_lines_do_not_depend_on_how_the_bytes_arrive(chunks: list[bytes]) -> None:
    whole = b"".join(chunks)
    expected = [text.removesuffix(b"\r") for text in whole.removeprefix(codecs.BOM_UTF8).split(b"\n")]
    if whole.endswith(b"\n") or not whole:
        expected.pop()
    found = lines(*chunks)
    assert [line.text for line in found] == expected
    assert [line.number for line in found] == list(range(1, len(expected) + 1))
    assert [line.end for line in found][-1:] == ([len(whole)] if found else [])


def test_a_line_says_where_the_next_one_begins() -> None:
    assert [(line.text, line.end) for line in lines(b"a\r\n\nb")] == [(b"a", 3), (b"", 4), (b"b", 5)]


def test_a_byte_order_mark_is_skipped_where_the_file_begins_and_nowhere_else() -> None:
    assert [line.text for line in lines(b"\xef\xbb", b"\xbfa\n\xef\xbb\xbfb\n")] == [b"a", b"\xef\xbb\xbfb"]


def test_other_line_separators_are_text() -> None:
    text = "a\u2028b\u2029c\x85d\x0be\x0cf".encode()
    assert [line.text for line in lines(text + b"\n")] == [text]


def test_of_a_line_that_is_too_long_the_beginning_and_the_size_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(split, "MAX_LINE_BYTES", 4)
    first, second, third = lines(b"ab", b"cde", b"f\r\nabcd\n", b"12345")
    assert (first.text, first.too_long, first.end) == (b"abcde", 7, 8)
    assert (second.text, second.too_long) == (b"abcd", 0)
    assert (third.text, third.too_long) == (b"12345", 5)


def test_a_line_of_a_gigabyte_takes_little_memory() -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(1000):
            yield bytes(MEGABYTE)
        yield b"\nafter\n"

    tracemalloc.start()
    found = [(line.number, len(line.text), line.too_long) for line in split_lines(chunks()) if line is not None]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [(1, 1000, 1000 * MEGABYTE), (2, 5, 0)]
    assert peak < 3 * MAX_LINE_BYTES
