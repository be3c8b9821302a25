"""Each line of a log is read once, whenever its server is started again, also while nobody reads."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from producers.live.restarted_log import Mark, RestartedLog, follow
from producers.recorded.split import Line
from tidegate.errors import TidegateError


@pytest.fixture
def log(tmp_path: Path) -> RestartedLog:
    return RestartedLog(tmp_path / "kafka.log", tmp_path / "kafka.previous.log")


def never() -> bool:
    return False


def start(log: RestartedLog, text: bytes = b"") -> None:
    """Begins the log again, as a start of the server does."""
    if log.path.exists():
        log.path.replace(log.previous)
    log.path.write_bytes(text)


def append(path: Path, text: bytes) -> None:
    with path.open("ab") as file:
        file.write(text)


def take(lines: Iterator[Line | None], marks: dict[str, Mark]) -> list[tuple[int, bytes]]:
    """What can be read until there is nothing new, with its marks set."""
    found = []
    while (line := next(lines)) is not None:
        found.append((line.number, line.text))
        marks[line.file] = Mark.of(line)
    return found


def test_the_log_of_the_run_before_comes_first(log: RestartedLog) -> None:
    start(log, b"a\nb\n")
    start(log, b"c\n")
    assert take(follow(log, {}, never), {}) == [(1, b"a"), (2, b"b"), (1, b"c")]


def test_what_a_crash_wrote_while_nobody_read_is_read_after_the_next_start(log: RestartedLog) -> None:
    marks: dict[str, Mark] = {}
    start(log, b"a\r\nb\r\n")
    take(follow(log, marks, never), marks)
    append(log.path, b"c\nhalf")
    start(log, b"d\n")
    assert take(follow(log, marks, never), marks) == [(3, b"c"), (4, b"half"), (1, b"d")]
    assert take(follow(log, marks, never), marks) == []


def test_a_log_that_appears_later_is_read(log: RestartedLog) -> None:
    lines = follow(log, {}, never)
    assert next(lines) is None
    start(log, b"a\n")
    assert take(lines, {}) == [(1, b"a")]
    append(log.path, b"b\n")
    assert take(lines, {}) == [(2, b"b")]


def test_a_server_that_has_only_a_log_of_the_run_before_is_read_on_once_it_starts(log: RestartedLog) -> None:
    log.previous.write_bytes(b"a\n")
    lines = follow(log, {}, never)
    assert take(lines, {}) == [(1, b"a")]
    start(log, b"b\n")
    assert take(lines, {}) == [(1, b"b")]


def test_two_starts_between_two_looks_hide_nothing(log: RestartedLog) -> None:
    start(log, b"a\n")
    marks: dict[str, Mark] = {}
    lines = follow(log, marks, never)
    assert take(lines, marks) == [(1, b"a")]
    append(log.path, b"b\n")
    start(log, b"c\n")
    start(log, b"d\n")
    assert take(lines, marks) == [(2, b"b"), (1, b"c"), (1, b"d")]


def test_lines_name_the_file_they_are_of_also_after_it_was_moved(log: RestartedLog) -> None:
    start(log, b"a\n")
    (name,) = {line.file for line in _until_none(follow(log, {}, never))}
    assert name == f"kafka.log:{log.path.stat().st_ino}"
    start(log, b"b\n")
    first, second = _until_none(follow(log, {}, never))
    assert first.file == name
    assert second.file == f"kafka.log:{log.path.stat().st_ino}"


@pytest.mark.parametrize("text", [b"x\n", b"x\ny\nz\n"])
def test_a_mark_of_another_file_that_had_the_inode_leaves_out_nothing(log: RestartedLog, text: bytes) -> None:
    marks: dict[str, Mark] = {}
    start(log, b"a\nb\n")
    take(follow(log, marks, never), marks)
    log.path.write_bytes(text)
    assert [text for _, text in take(follow(log, marks, never), {})] == text.split()


def test_a_truncated_log_is_read_from_its_start_and_the_run_before_is_not_read_again(log: RestartedLog) -> None:
    marks: dict[str, Mark] = {}
    start(log, b"old\n")
    start(log, b"first\n")
    lines = follow(log, marks, never)
    assert take(lines, marks) == [(1, b"old"), (1, b"first")]
    os.truncate(log.path, 0)
    log.path.write_bytes(b"new\n")
    assert take(lines, marks) == [(1, b"new")]


def test_a_mark_without_a_digest_is_believed(log: RestartedLog) -> None:
    start(log, b"a\nb\n")
    marks = {f"kafka.log:{log.path.stat().st_ino}": Mark(1, "")}
    assert take(follow(log, marks, never), {}) == [(2, b"b")]


def test_a_log_that_can_not_be_read_is_one_clear_error(log: RestartedLog) -> None:
    log.previous.symlink_to(log.previous)
    with pytest.raises(TidegateError, match=r"previous\.log cannot be read"):
        next(follow(log, {}, never))


def _until_none(lines: Iterator[Line | None]) -> list[Line]:
    found = []
    while (line := next(lines)) is not None:
        found.append(line)
    return found
