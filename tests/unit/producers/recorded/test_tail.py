"""Lines of files that end, grow, are truncated or rotated away."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from producers.recorded.split import Line
from producers.recorded.tail import read_lines
from tidegate.errors import TidegateError


def never() -> bool:
    return False


def next_lines(lines: Iterator[Line | None]) -> list[tuple[int, bytes]]:
    """What can be read until there is nothing new."""
    found: list[tuple[int, bytes]] = []
    while (line := next(lines)) is not None:
        found.append((line.number, line.text))
    return found


def test_the_last_line_needs_no_end(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"a\r\n\nb")
    assert [line.text for line in read_lines(path, False, never) if line] == [b"a", b"", b"b"]


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
