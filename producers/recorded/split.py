"""Bytes as lines, in time and memory that a line of a gigabyte does not change.

A line ends with ``\\n`` or ``\\r\\n`` alone: what else Unicode calls a line end is text. A byte order mark before the
first line is skipped.
"""

import codecs
from collections.abc import Iterator
from typing import NamedTuple

MAX_LINE_BYTES = 16 * 1024 * 1024
"""More than a raw topic takes as a record; of a longer line only the beginning is kept."""
_KEPT_BYTES = 1000


class Line(NamedTuple):
    """A line without its end, and its number in its file, from 1.

    Attributes:
        file: names the file where there are several.
        end: where the next line begins, in bytes from the file's start.
        too_long: its size in bytes if that is over ``MAX_LINE_BYTES``, else 0; ``text`` is then its beginning.
    """

    number: int
    text: bytes
    file: str = ""
    end: int = 0
    too_long: int = 0


class Splitter:
    """Makes lines of the bytes of one file, from ``offset`` on, where line ``number`` has ended.

    ``number`` and ``end`` are those of the last line made, ``file`` is what the lines to come call their file.
    """

    def __init__(self, number: int = 0, offset: int = 0, file: str = "") -> None:
        self.number = number
        self.end = offset
        self.file = file
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> Iterator[Line]:
        """The lines that end in the next bytes."""
        first, *others = chunk.split(b"\n")
        self._add(first)
        for part in others:
            yield self._line(1)
            self._add(part)

    def rest(self) -> Iterator[Line]:
        """The last line, if it has no end."""
        if self._size:
            yield self._line(0)

    def _add(self, part: bytes) -> None:
        fits_before = self._size <= MAX_LINE_BYTES
        self._size += len(part)
        if self._size <= MAX_LINE_BYTES:
            self._parts.append(part)
        elif fits_before:
            self._parts = [b"".join([*self._parts, part[:_KEPT_BYTES]])[:_KEPT_BYTES]]

    def _line(self, end_bytes: int) -> Line:
        text, size = b"".join(self._parts), self._size
        is_first = self.end == 0
        self.number += 1
        self.end += size + end_bytes
        self._parts, self._size = [], 0
        if is_first:
            text = text.removeprefix(codecs.BOM_UTF8)
        return Line(self.number, text.removesuffix(b"\r"), self.file, self.end, size if size > MAX_LINE_BYTES else 0)


def split_lines(chunks: Iterator[bytes | None], number: int = 0, offset: int = 0) -> Iterator[Line | None]:
    """The lines of ``chunks``, the first of which follows line ``number``; the last one needs no end."""
    splitter = Splitter(number, offset)
    for chunk in chunks:
        if chunk is None:
            yield None
        else:
            yield from splitter.feed(chunk)
    yield from splitter.rest()
