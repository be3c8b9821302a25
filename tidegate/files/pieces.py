"""Rows of many files, or of one, in pieces of which each fits into memory. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tidegate.contracts.envelope import PLACE
from tidegate.proof.rows import Rows
from tidegate.sql.number_ranges import ranges

ROWS = 2_000_000
"""Of a piece at most, as far as rows are spread evenly over a file."""
MOST_NAMED = 200
"""Of more numbers than these a condition names the first and the last; Iceberg leaves files out by no more either."""


class Sized(NamedTuple):
    """A file: how many rows of it are read, and how many bytes it has, unpacked."""

    number: int
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Piece:
    """All rows of these files; or of one those that begin at the bytes from ``start`` to before ``end``.

    A row that lies where the file has no bytes is in the first part or the last.
    """

    numbers: tuple[int, ...]
    start: int = 0
    end: int | None = None

    def condition(self, columns: Sequence[str] = PLACE) -> str:
        """In the words of SQL and of Iceberg, over the columns of number and offset; rows of others may meet it."""
        number, offset = columns
        parts = [condition_of(self.numbers, number)]
        parts += [f"{offset} >= {self.start}"] if self.start else []
        parts += [] if self.end is None else [f"{offset} < {self.end}"]
        return " and ".join(parts)

    def of(self, rows: Rows) -> Rows:
        """Those of the rows that meet the condition which are of its files."""
        return rows.where(np.isin(rows.partition, self.numbers))


def condition_of(numbers: Sequence[int], column: str = PLACE[0]) -> str:
    """The condition for rows of these files, and perhaps of some between them."""
    if not numbers:
        return f"{column} = -1"
    if len(numbers) <= MOST_NAMED:
        return f"{column} in ({', '.join(map(str, sorted(numbers)))})"
    return f"{column} >= {min(numbers)} and {column} <= {max(numbers)}"


def exactly(numbers: Sequence[int], column: str = PLACE[0]) -> str:
    """The condition for rows of these files and no others, in parentheses.

    By ranges where they are few: pyiceberg parses a list of ten thousand for seconds, one of a hundred for minutes.
    """
    found = ranges(sorted(set(numbers)))
    if not found:
        return f"({column} = -1)"
    if len(found) > MOST_NAMED:
        return f"({condition_of(numbers, column)} and {column} in ({', '.join(map(str, sorted(numbers)))}))"
    return f"({' or '.join(f'({column} >= {first} and {column} <= {last})' for first, last in found)})"


def pieces(files: Iterable[Sized], most: int = ROWS) -> Iterator[Piece]:
    """Small files together, a large one in parts; each of their rows is in one piece."""
    together, rows = list[int](), 0
    for file in sorted(files):
        if file.rows > most:
            yield from _parts(file, most)
            continue
        if together and (rows + file.rows > most or len(together) == MOST_NAMED):
            yield Piece(tuple(together))
            together, rows = [], 0
        together.append(file.number)
        rows += file.rows
    if together:
        yield Piece(tuple(together))


def _parts(file: Sized, most: int) -> Iterator[Piece]:
    length = max(1, -(-file.bytes // -(-file.rows // most)))
    for start in range(0, max(1, file.bytes), length):
        yield Piece((file.number,), start, start + length if start + length < file.bytes else None)
