"""Lines of a file, of a file that grows, or of standard input; never blocks for long, so that Ctrl-C is heard."""

import os
import select
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from producers.recorded.split import Line, split_lines
from tidegate.errors import TidegateError

_CHUNK_BYTES = 256 * 1024
_INPUT_WAIT_S = 0.2


def read_lines(path: Path, follow: bool, stop: Callable[[], bool]) -> Iterator[Line | None]:
    """The lines of ``path`` (``-`` is standard input) until its end or ``stop``; None: nothing there yet.

    With ``follow`` the end is no end: the file may grow, be truncated or be replaced by a new one of its name (as log
    rotation does); the numbers then start again at 1.

    Raises:
        TidegateError: the file cannot be read.
    """
    if str(path) == "-":
        yield from split_lines(_input_chunks(stop))
        return
    while True:
        try:
            file = path.open("rb")
        except OSError as error:
            raise TidegateError(f"{path} cannot be read ({error.strerror}).", remedy="Check the path.") from error
        with file:
            yield from split_lines(file_chunks(file, path, follow, stop))
        if not follow or stop():
            return


def _input_chunks(stop: Callable[[], bool]) -> Iterator[bytes | None]:
    descriptor = sys.stdin.fileno()
    while not stop():
        if not select.select([descriptor], [], [], _INPUT_WAIT_S)[0]:
            yield None
        elif chunk := os.read(descriptor, _CHUNK_BYTES):
            yield chunk
        else:
            return


def file_chunks(file: BinaryIO, path: Path, follow: bool, stop: Callable[[], bool]) -> Iterator[bytes | None]:
    """What ``file`` holds from its position on, until its end; None: nothing there yet.

    With ``follow`` it ends only once another file has the name ``path``, or ``file`` became shorter.
    """
    while not stop():
        if chunk := file.read(_CHUNK_BYTES):
            yield chunk
        elif not follow or _replaced(file, path):
            return
        else:
            yield None


def _replaced(file: BinaryIO, path: Path) -> bool:
    mine = os.fstat(file.fileno())
    try:
        now = path.stat()
    except FileNotFoundError:  # between the two steps of a rotation
        return False
    if (now.st_dev, now.st_ino) == (mine.st_dev, mine.st_ino):
        return now.st_size < file.tell()
    return mine.st_size <= file.tell()
