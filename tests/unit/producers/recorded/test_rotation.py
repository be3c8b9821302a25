"""Which files once had the name of a log, and which one a mark was set in."""

import gzip
import io
import os
from pathlib import Path

import pytest

from producers.recorded.position import Mark, fingerprint_at
from producers.recorded.rotation import find, identity, newer_than, rotated

CONTENT = b"".join(b"line %d\n" % number for number in range(100))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(CONTENT)
    return path


def mark_of(path: Path, offset: int = 100) -> Mark:
    found = path.stat()
    digest = fingerprint_at(io.BytesIO(path.read_bytes()), offset)
    assert digest is not None
    return Mark(found.st_dev, found.st_ino, offset, 7, digest)


def test_a_number_or_a_date_makes_a_rotated_name(path: Path) -> None:
    names = ["access.log.1", "access.log.2.gz", "access.log-20261121", "access.log-20261121-1795255200.gz"]
    for age, name in enumerate([*names, "access.log.bak", "access.log-ssl", "access.log.gz", "error.log.1"]):
        path.with_name(name).write_bytes(b"")
        os.utime(path.with_name(name), ns=(0, 10**9 * (100 - age)))
    assert [each.name for each in rotated(path)] == names[::-1]
    known = {found} if (found := identity(path.with_name(names[0]))) else set()
    assert [each.name for each in newer_than(path, 98 * 10**9, known)] == [names[1]]


def test_a_renamed_file_is_found_by_its_inode_whatever_its_name(path: Path) -> None:
    mark = mark_of(path)
    other = path.rename(path.with_name("old"))
    assert find(path, mark) == other


@pytest.mark.parametrize("compressed", [False, True])
def test_a_copy_is_found_by_what_it_holds(path: Path, compressed: bool) -> None:
    mark = mark_of(path)
    for name, content in {"access.log.1": CONTENT, "access.log.2": b"other\n" * 100, "access.log.3": b""}.items():
        path.with_name(name).write_bytes(gzip.compress(content) if compressed else content)
    os.truncate(path, 0)
    assert find(path, mark) == path.with_name("access.log.1")
    copy = identity(path.with_name("access.log.1"))
    assert copy is not None
    assert find(path, mark, {copy}) is None


def test_a_file_of_which_nothing_was_read_is_found_by_its_inode_alone(path: Path) -> None:
    mark = mark_of(path, 0)
    assert find(path, mark) == path
    path.with_name("access.log.1").write_bytes(b"other\n")
    path.rename(path.with_name("old"))
    path.with_name("old").unlink()
    assert find(path, mark) is None


def test_a_name_without_a_file_has_no_identity(tmp_path: Path) -> None:
    assert identity(tmp_path / "none") is None
