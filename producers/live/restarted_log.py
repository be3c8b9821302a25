"""Lines of a log that each start of its server begins again, the log of the run before kept beside it.

How far a log was read is a ``Mark``: a line's number, and what it says. A file is known by its inode, which the system
gives to a later file once this one is gone; what the line says tells the two apart.
"""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, NamedTuple

from producers.recorded.inputs import CHUNK_BYTES
from producers.recorded.split import Line, split_lines
from tidegate.errors import TidegateError


class RestartedLog(NamedTuple):
    """Where a server logs, and where what it logged there is moved when it is started again; neither has to exist."""

    path: Path
    previous: Path

    def exists(self) -> bool:
        """Whether there is anything to read."""
        return self.path.exists() or self.previous.exists()


LogFiles = Callable[[], Mapping[str, RestartedLog]]
"""Tells where servers log, by their names; whoever starts a live source knows it."""


class Mark(NamedTuple):
    """The last line of a file that was taken; ``digest`` is empty where it is not known."""

    number: int
    digest: str

    @classmethod
    def of(cls, line: Line) -> "Mark":
        """The mark after ``line``."""
        return cls(line.number, _digest(line.text))


def follow(log: RestartedLog, marks: Mapping[str, Mark], stop: Callable[[], bool]) -> Iterator[Line | None]:
    """The lines after the ``marks``, until ``stop``, first those of the run before; None: nothing there yet.

    ``marks`` are by ``Line.file``, and looked up when a file's turn comes. A file without one is read whole.

    Raises:
        TidegateError: a file cannot be read.
    """
    last: BinaryIO | None = None  # stays open until the next one is found, so that no other gets its inode
    try:
        while not stop():
            file = _after(last, log)
            if file is None:
                yield None
                continue
            if last is not None:
                last.close()
            last = file
            name = f"{log.path.name}:{os.fstat(file.fileno()).st_ino}"
            number, offset = _behind(file, marks.get(name))
            file.seek(offset)
            for line in split_lines(_chunks(file, log.path, stop), number, offset):
                yield None if line is None else line._replace(file=name)
    finally:
        if last is not None:
            last.close()


def _after(last: BinaryIO | None, log: RestartedLog) -> BinaryIO | None:
    """The file to read after ``last``, if it is there yet; that may be ``last`` again, if it was truncated."""
    newest = _open(log.path)  # before the older one: then a start of the server in between hides neither
    older = _open(log.previous)
    is_read = older is None or _same(last, older) or _same(last, newest)
    file, other = (newest, older) if is_read else (older, newest)
    if other is not None:
        other.close()
    return file


def _open(path: Path) -> BinaryIO | None:
    try:
        return path.open("rb")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise TidegateError(f"{path} cannot be read ({error.strerror}).", remedy="Check whose file it is.") from error


def _same(file: BinaryIO | None, other: BinaryIO | None) -> bool:
    return file is not None and other is not None and os.path.sameopenfile(file.fileno(), other.fileno())


def _behind(file: BinaryIO, mark: Mark | None) -> tuple[int, int]:
    """The number of the line of ``mark``, and where the next one begins; 0 and 0 if it was set in another file."""
    if mark is None:
        return 0, 0
    for line in split_lines(iter(lambda: file.read(CHUNK_BYTES), b"")):
        if line is not None and line.number == mark.number:
            return (line.number, line.end) if mark.digest in ("", _digest(line.text)) else (0, 0)
    return 0, 0


def _chunks(file: BinaryIO, path: Path, stop: Callable[[], bool]) -> Iterator[bytes | None]:
    """What ``file`` holds from its position on, until another has the name ``path`` or this one became shorter."""
    while not stop():
        if chunk := file.read(CHUNK_BYTES):
            yield chunk
        elif _is_replaced(file, path):
            return
        else:
            yield None


def _is_replaced(file: BinaryIO, path: Path) -> bool:
    mine = os.fstat(file.fileno())
    try:
        now = path.stat()
    except FileNotFoundError:  # between the two steps of a rotation
        return False
    if os.path.samestat(now, mine):
        return now.st_size < file.tell()
    return mine.st_size <= file.tell()


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:16]
