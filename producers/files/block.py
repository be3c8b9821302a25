"""Rows of a file by the thousand: a beginning of their own, and one of many endings that were written beforehand."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from producers.files.texts import Texts
from tidegate.contracts.file_section import FileSection

END = b"\n"


class Ending(NamedTuple):
    """How rows end, without the end of their line; ``dropped_by``, ``warned_by``: the rules that do so."""

    text: bytes
    dropped_by: str = ""
    warned_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Lines one after the other: line i ends before ``ends[i]``, behind its line end; ``endings[i]`` is its ending."""

    data: bytes
    ends: NDArray[np.int64]
    endings: NDArray[np.intp]

    def line(self, row: int) -> bytes:
        """A line without its end."""
        return self.data[self.start(row) : int(self.ends[row]) - len(END)]

    def start(self, row: int) -> int:
        """Where a line begins."""
        return int(self.ends[row - 1]) if row else 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """``rows`` rows of file ``number`` of a day, from 1, that begin with row ``first``, from 0."""

    day: date
    number: int
    first: int
    rows: int


class RowMaker(Protocol):
    """Makes the rows of a dataset's files; the same ``rng`` gives the same rows.

    ``columns`` are those of CSV in their order, none of JSON. ``correction``: what a corrected row has in a field.
    """

    columns: tuple[str, ...]
    endings: "Endings"
    correction: tuple[str, object]

    def block(self, stretch: Stretch, rng: np.random.Generator) -> Block:
        """No two rows of a dataset have the same identity, whatever files of whatever days they are of."""
        ...


class Endings:
    """Endings to choose from, with what becomes of the rows that have them."""

    def __init__(self, endings: Sequence[Ending]) -> None:
        self.all = endings
        self.is_silver = np.array([not ending.dropped_by for ending in endings])
        self._texts = np.array([ending.text + END for ending in endings], dtype=object)
        self._widths = np.array([len(ending.text) + len(END) for ending in endings])

    def block(self, beginnings: Sequence[Texts], rng: np.random.Generator) -> Block:
        """Rows of these columns, each with an ending by chance."""
        return self.block_of(beginnings, rng.integers(len(self.all), size=len(beginnings[0])))

    def block_of(self, beginnings: Sequence[Texts], chosen: NDArray[np.intp]) -> Block:
        """Rows of these columns with the chosen endings."""
        fixed = np.concatenate(beginnings, axis=1)
        rows, width = fixed.shape
        pieces: list[bytes] = [b""] * (2 * rows)
        pieces[::2] = fixed.view(f"S{width}").ravel().tolist()
        pieces[1::2] = self._texts[chosen].tolist()
        return Block(b"".join(pieces), np.cumsum(self._widths[chosen] + width), chosen)


def csv_text(cells: Sequence[str], file: FileSection) -> bytes:
    """Cells as one line of the file's dialect, without its end."""
    out = io.StringIO()
    dialect = file.csv
    csv.writer(
        out,
        delimiter=dialect.delimiter,
        quotechar=dialect.quote or None,
        quoting=csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        lineterminator="",
    ).writerow(cells)
    return out.getvalue().encode(file.encoding)
