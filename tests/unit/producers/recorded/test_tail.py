"""Lines of files that end, grow, are truncated or rotated away."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.recorded.tail import Line, read_lines, split_lines
from tidegate.errors import TidegateError


def never() -> bool:
    return False


def next_lines(lines: Iterator[Line | None]) -> list[tuple[int, bytes]]:
    """What can be read until there is nothing new."""
    found: list[tuple[int, bytes]] = []
    while (line := next(lines)) is not None:
        found.append((line.number, line.text))
    return found


@given(st.lists(st.binary(max_size=8)))
def test_lines_do_not_depend_on_how_the_bytes_arrive(chunks: list[bytes]) -> None:
    whole = b"".join(chunks)
    expected = [text.removesuffix(b"\r") for text in whole.split(b"\n")]
    if whole.endswith(b"\n") or not whole:
        expected.pop()
    lines = [line for line in split_lines(iter(chunks)) if line is not None]
    assert [line.text for line in lines] == expected
    assert [line.number for line in lines] == list(range(1, len(expected) + 1))


def test_the_last_line_needs_no_end(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"a\r\n\nb")
    assert list(read_lines(path, False, never)) == [Line(1, b"a"), Line(2, b""), Line(3, b"b")]


def test_a_growing_file_is_followed_and_half_a_line_waits_for_its_end(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"a\nb")
    lines = read_lines(path, True, never)
    assert next_lines(lines) == [(1, b"a")]
    with path.open("ab") as file:
        file.write(b"c\nd\n")
    assert next_lines(lines) == [(2, b"bc"), (3, b"d")]


def test_rotation_loses_nothing_and_starts_the_numbers_again(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"a\n")
    lines = read_lines(path, True, never)
    assert next_lines(lines) == [(1, b"a")]
    with path.open("ab") as old:
        path.rename(tmp_path / "log.1")
        assert next_lines(lines) == []
        old.write(b"b\n")
    path.write_bytes(b"c\n")
    assert next_lines(lines) == [(2, b"b"), (1, b"c")]


def test_a_truncated_file_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"first\n")
    lines = read_lines(path, True, never)
    assert next_lines(lines) == [(1, b"first")]
    os.truncate(path, 0)
    path.write_bytes(b"new\n")
    assert next_lines(lines) == [(1, b"new")]


def test_a_stop_ends_following(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"a\n")
    stopped = False
    lines = read_lines(path, True, lambda: stopped)
    assert next_lines(lines) == [(1, b"a")]
    stopped = True
    assert list(lines) == []


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(TidegateError, match="cannot be read"):
        next(read_lines(tmp_path / "none", False, never))
