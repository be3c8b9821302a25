"""One file that grows: what it gains, where it was read to, and when something else is in its place."""

import gzip
import os
import shutil
from pathlib import Path

import pytest

from producers.recorded.split import Line
from producers.recorded.tail import Tail

CONTENT = b"".join(b"line %d\n" % number for number in range(100))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "log"
    path.write_bytes(CONTENT)
    return path


def test_it_reads_on_from_an_offset(path: Path) -> None:
    tail = Tail(path, "0", 7, 1)
    assert tail.read() == CONTENT[7:]
    assert tail.read() == b""
    with path.open("ab") as file:
        file.write(b"more\n")
    assert tail.read() == b"more\n"
    tail.close()


@pytest.mark.parametrize("grown", [b"", b"x" * 500, b"x" * 5000, b"y" * len(CONTENT)])
def test_another_content_is_noticed_however_long_it_is(path: Path, grown: bytes) -> None:
    tail = Tail(path, "0")
    tail.read()
    os.truncate(path, 0)
    path.write_bytes(grown)
    assert tail.read() is None
    tail.close()


def test_a_copy_is_read_on_from_where_the_file_was_read(path: Path, tmp_path: Path) -> None:
    tail = Tail(path, "0")
    tail.read()
    with path.open("ab") as file:
        file.write(b"more\n")
    copy = Path(shutil.copy(path, tmp_path / "copy"))
    os.truncate(path, 0)
    assert tail.read() is None
    tail.go_on_in(copy)
    assert tail.read() == b"more\n"
    tail.close()


@pytest.mark.parametrize("compressed", [False, True])
def test_the_mark_of_a_line_leads_behind_it(path: Path, tmp_path: Path, compressed: bool) -> None:
    file = tmp_path / "log.1"
    file.write_bytes(gzip.compress(CONTENT) if compressed else CONTENT)
    tail = Tail(file, "0")
    lines = list(tail.splitter.feed(tail.read() or b""))
    mark = tail.mark(lines[40])
    assert (mark.number, mark.offset) == (41, lines[40].end)
    assert tail.mark(None).offset == 0
    assert not tail.is_taken(Line(41, b"", "0", mark.offset))
    assert tail.is_taken(lines[-1])
    tail.close()
    again = Tail(file, "1", mark.offset, mark.number)
    assert next(again.splitter.feed(again.read() or b"")).text == b"line 41"
    assert again.mark(None).digest == mark.digest
    again.close()
