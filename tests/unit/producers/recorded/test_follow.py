"""Following a file through log rotation and restarts: each line once, none left out."""

import gzip
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from producers.recorded.follow import Follower
from producers.recorded.position import Mark
from producers.recorded.split import Line
from tidegate.errors import TidegateError


def never() -> bool:
    return False


class Followed:
    """A follower, and what was read with it."""

    def __init__(self, path: Path, marks: list[Mark] | None = None) -> None:
        self.now_s = 0.0
        self.follower = Follower(path, marks or [], lambda: self.now_s)
        self.taken: dict[str, Line] = {}
        self._lines = self.follower.lines(never)

    def read(self) -> list[bytes]:
        """What is there until nothing is, twice: at the second look a new file is found."""
        found: list[bytes] = []
        for _ in range(2):
            while (line := next(self._lines)) is not None:
                found.append(line.text)
                self.taken[line.file] = line
        return found

    def end(self) -> list[Mark]:
        """Ends it; where the next one goes on."""
        marks = self.follower.marks(self.taken)
        self.follower.close()
        return marks


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(b"a\nb\n")
    return path


Follow = Callable[[list[Mark]], Followed]


@pytest.fixture
def follow(path: Path) -> Iterator[Follow]:
    """Follows the file from marks on; all that did are closed at the end."""
    begun: list[Followed] = []

    def follow(marks: list[Mark]) -> Followed:
        begun.append(Followed(path, marks))
        return begun[-1]

    yield follow
    for each in begun:
        each.follower.close()


@pytest.fixture
def followed(follow: Follow) -> Followed:
    followed = follow([])
    assert followed.read() == [b"a", b"b"]
    return followed


def append(path: Path, text: bytes) -> None:
    with path.open("ab") as file:
        file.write(text)


def renamed(path: Path, number: int = 1) -> Path:
    """The log after its rotation by renaming; the new one is not there yet."""
    old = path.with_name(f"{path.name}.{number}")
    path.rename(old)
    return old


def copied(path: Path) -> Path:
    """The copy of the log, which is truncated."""
    copy = path.with_name(path.name + ".1")
    shutil.copy(path, copy)
    os.truncate(path, 0)
    return copy


def test_half_a_line_waits_for_its_end(path: Path, followed: Followed) -> None:
    append(path, b"c")
    assert followed.read() == []
    append(path, b"d\n")
    assert followed.read() == [b"cd"]


def test_what_a_late_writer_adds_to_a_renamed_file_is_read(path: Path, followed: Followed) -> None:
    old = renamed(path)
    append(old, b"c\n")
    path.write_bytes(b"new\n")
    assert followed.read() == [b"c", b"new"]
    append(old, b"late\nhal")
    append(path, b"more\n")
    assert followed.read() == [b"late", b"more"]
    append(old, b"f\n")
    followed.now_s = 3000.0
    assert followed.read() == [b"half"]


def test_an_old_file_is_left_an_hour_after_its_last_line(path: Path, followed: Followed) -> None:
    old = renamed(path)
    append(old, b"cut")
    path.write_bytes(b"")
    followed.read()
    followed.now_s = 3601.0
    assert followed.read() == [b"cut"]
    assert len(followed.end()) == 1


def test_what_was_written_before_a_truncation_is_read_from_the_copy(path: Path, followed: Followed) -> None:
    append(path, b"c\nhal")
    assert followed.read() == [b"c"]
    append(path, b"f\nd\n")
    copied(path)
    append(path, b"new\n")
    assert followed.read() == [b"half", b"d", b"new"]


def test_a_truncated_file_that_has_grown_beyond_where_it_was_read_is_noticed(path: Path, followed: Followed) -> None:
    append(path, b"c\n")
    copied(path)
    append(path, b"a new file\nlonger than the old one\n")
    assert followed.read() == [b"c", b"a new file", b"longer than the old one"]


def test_a_truncation_without_a_copy_is_told(
    path: Path, followed: Followed, capsys: pytest.CaptureFixture[str]
) -> None:
    os.truncate(path, 0)
    append(path, b"new\n")
    assert followed.read() == [b"new"]
    assert "access.log was truncated, and no copy lies beside it" in capsys.readouterr().err


def test_two_rotations_between_two_looks_lose_nothing(path: Path, followed: Followed) -> None:
    append(path, b"c\n")
    os.utime(path, ns=(0, 10**9))
    renamed(path, 2)
    path.write_bytes(b"between\n")
    os.utime(path, ns=(0, 2 * 10**9))
    renamed(path, 1)
    path.write_bytes(b"new\n")
    assert followed.read() == [b"c", b"between", b"new"]


def test_other_files_beside_the_log_are_none_of_its(path: Path, followed: Followed) -> None:
    for name in ("access.log.bak", "access.log-ssl", "error.log.1", "access.log.1.swp"):
        path.with_name(name).write_bytes(b"other\n")
    renamed(path, 2)
    path.write_bytes(b"new\n")
    assert followed.read() == [b"new"]


def test_a_restart_goes_on_behind_what_was_taken(path: Path, followed: Followed, follow: Follow) -> None:
    marks = followed.end()
    append(path, b"c\n")
    assert follow(marks).read() == [b"c"]


@pytest.mark.parametrize("rotation", ["renamed", "renamed twice", "compressed", "copied", "copied and compressed"])
def test_a_restart_finds_what_was_rotated_meanwhile(
    path: Path, followed: Followed, follow: Follow, rotation: str
) -> None:
    marks = followed.end()
    append(path, b"c\n")
    old = copied(path) if rotation.startswith("copied") else renamed(path)
    between = []
    if rotation == "renamed twice":
        os.utime(old, ns=(0, 10**9))
        old.rename(old.with_name("access.log.2"))
        path.write_bytes(b"between\n")
        renamed(path)
        between = [b"between"]
    if rotation.endswith("compressed"):
        old.with_name("access.log.2.gz").write_bytes(gzip.compress(old.read_bytes()))
        old.unlink()
    path.write_bytes(b"new\n")

    again = follow(marks)

    assert again.read() == [b"c", *between, b"new"]
    last = again.end()
    assert follow(last).read() == []


def test_a_restart_between_the_two_steps_of_a_rotation(path: Path, followed: Followed, follow: Follow) -> None:
    marks = followed.end()
    old = renamed(path)
    append(old, b"c\n")
    again = follow(marks)
    assert again.read() == [b"c"]
    path.write_bytes(b"new\n")
    assert again.read() == [b"new"]


def test_an_inode_that_another_file_has_got_is_not_taken_for_the_old_one(
    path: Path, followed: Followed, follow: Follow, capsys: pytest.CaptureFixture[str]
) -> None:
    (mark,) = followed.end()
    path.write_bytes(b"another\nfile\n")  # the inode stays
    assert follow([mark]).read() == [b"another", b"file"]
    assert "the file whose first 2 lines were sent is not beside" in capsys.readouterr().err


def test_numbers_go_on_so_that_ids_are_the_same(path: Path, followed: Followed, follow: Follow) -> None:
    append(path, b"c\n")
    again = follow(followed.end())
    again.read()
    assert [line.number for line in again.taken.values()] == [3]


def test_only_what_was_taken_is_behind_a_mark(path: Path, followed: Followed, follow: Follow) -> None:
    (key,) = followed.taken
    followed.taken[key] = Line(1, b"a", key, 2)
    assert follow(followed.end()).read() == [b"b"]


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(TidegateError, match="cannot be read"):
        Follower(tmp_path / "none", [])


def test_a_compressed_file_does_not_grow(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(gzip.compress(b"a\n"))
    with pytest.raises(TidegateError, match=r"is compressed, so it does not grow. Leave out --follow"):
        Follower(tmp_path / "log", [])
