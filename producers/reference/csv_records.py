"""CSV as records, one bad record costing itself alone: reading goes on at the line after the one where it began.

Format: RFC 4180 with commas; a cell in quotes may hold commas, line ends and doubled quotes. A line ends with
``\\n``, ``\\r\\n`` or ``\\r``. Takes time in proportion to the file: how far the end of an open quote is looked for
shrinks with each one that has none.
"""

import csv
import io
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, TextIO

from producers.recorded.split import MAX_LINE_BYTES

_MOST_LINES = 10_000
_FEWEST_LINES = 10
_KEPT_CHARACTERS = 1000
_BOM = "\ufeff"
_OPEN_QUOTE = "a quote that does not end"
_END_OF_DATA = "unexpected end of data"  # csv's own words for it


class CsvRecord(NamedTuple):
    """A record that begins in line ``number``: its cells, or None and what is wrong with it."""

    number: int
    cells: list[str] | None
    problem: str
    text: bytes


class _Text(NamedTuple):
    """A line with its end; ``size`` is that of the whole, ``text`` its beginning if it is too long."""

    number: int
    text: str
    size: int


class _Lines:
    """Lines for ``csv.reader``, and the way back behind the first one that it took."""

    def __init__(self, lines: Iterator[_Text]) -> None:
        self._lines = lines
        self._returned: deque[_Text] = deque()
        self.taken: list[_Text] = []
        self.most = _MOST_LINES
        self._size = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._lines)
        self.taken.append(line)
        self._size += line.size
        if line.size > MAX_LINE_BYTES and len(self.taken) == 1:
            raise csv.Error(f"a line of {line.size:,} characters; at most {MAX_LINE_BYTES:,} are read")
        if self._size > MAX_LINE_BYTES or len(self.taken) > self.most:
            raise csv.Error(_OPEN_QUOTE)
        return line.text

    def begin(self) -> None:
        """The next line begins a record."""
        self.taken = []
        self._size = 0

    def go_back(self) -> None:
        """All but the first line of the record come again."""
        first, *others = self.taken
        self._returned.extendleft(reversed(others))
        self.taken = [first]
        if others:
            self.most = max(_FEWEST_LINES, self.most // 2)


def csv_text(file: BinaryIO) -> TextIO:
    """The text of a CSV file; a byte that is no UTF-8 becomes a surrogate, so that its line alone is to blame."""
    return io.TextIOWrapper(file, encoding="utf-8", errors="surrogateescape", newline="")


def csv_records(text: TextIO) -> Iterator[CsvRecord]:
    """The records of a CSV file, as :func:`csv_text` reads it; the first of them is its header."""
    csv.field_size_limit(MAX_LINE_BYTES)
    lines = _Lines(_text_lines(text))
    while True:
        lines.begin()
        try:
            cells, problem = next(csv.reader(lines, strict=True)), ""
            lines.most = min(_MOST_LINES, lines.most * 2 if len(lines.taken) > 1 else lines.most)
        except StopIteration:
            return
        except csv.Error as error:
            lines.go_back()
            reason = str(error).replace(_END_OF_DATA, _OPEN_QUOTE)
            cells, problem = None, f"not CSV: {reason}"
        yield _record(lines.taken, cells, problem)


def _record(lines: list[_Text], cells: list[str] | None, problem: str) -> CsvRecord:
    text = "".join(line.text for line in lines)
    original = text.encode("utf-8", errors="surrogateescape")
    if not problem and not text.isascii():
        try:
            original.decode("utf-8")
        except UnicodeDecodeError as error:
            cells, problem = None, f"not UTF-8: byte 0x{original[error.start]:02x} at byte {error.start + 1}"
    return CsvRecord(lines[0].number, cells, problem, original.rstrip(b"\r\n"))


def _text_lines(text: TextIO) -> Iterator[_Text]:
    number = 0
    while line := text.readline(MAX_LINE_BYTES + 1):
        number += 1
        size = len(line)
        if size > MAX_LINE_BYTES:
            rest = line
            line = line[:_KEPT_CHARACTERS]
            while rest and not rest.endswith(("\n", "\r")):
                rest = text.readline(MAX_LINE_BYTES)
                size += len(rest)
        yield _Text(number, line.removeprefix(_BOM) if number == 1 else line, size)
