"""The files of a day, as a supplier sends them: bad rows, bad files, and one that is corrected."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TextIO

import numpy as np

from producers.files.bad_files import BadFile, fault_of, require_possible
from producers.files.block import RowMaker, Stretch
from producers.files.listing import Made, tell
from producers.files.mixing import ALL_GOOD, Mix
from producers.files.names import place_of
from producers.files.one_file import OneFile, packing_of
from producers.files.packing import Packing
from producers.files.tally import Ledger, Tally
from producers.files.write import Wanted
from tidegate.contracts.dataset import Files
from tidegate.errors import TidegateError

_MOSTLY = 0.5
_SAMPLE_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """``rows``, or about ``size_bytes``, of all good files of the day together; ``first``: number of the first file.

    ``bad_files`` come beside them, each as long as one of them. ``corrected``: this file alone is written, as its
    supplier corrects it. ``huge_row_bytes``: each file has a row that is so long.
    """

    day: date
    seed: int
    rows: int | None = None
    size_bytes: int = 0
    files: int = 1
    first: int = 1
    mix: Mix = ALL_GOOD
    bad_files: tuple[BadFile, ...] = ()
    packing: Packing = "none"
    corrected: int | None = None
    huge_row_bytes: int | None = None


def make_files(
    dataset: Files, maker: RowMaker, asked: Asked, into: Path | None, lines: TextIO | None = None
) -> Iterator[Tally]:
    """Writes the files one after the other, then what says that they are all there; yields what is in each.

    Raises:
        TidegateError: files of this dataset can't be so, or can't be written.
    """
    require_possible(dataset, asked.bad_files)
    place, made = place_of(dataset, into), list[Made]()
    try:
        for number, rows, kind in _files(asked, maker):
            named = "none" if kind is BadFile.GZIP_NAMED_PLAIN else packing_of(asked.packing, kind)
            path = place.file(asked.day, number, named)
            path.parent.mkdir(parents=True, exist_ok=True)
            ledger = Ledger(Tally(path.name, fault=fault_of(kind)), lines)
            mix = Mix(bad=_MOSTLY) if kind is BadFile.MOSTLY_BAD else asked.mix
            wanted = Wanted(asked.day, number, rows, asked.seed, mix, has_huge=bool(asked.huge_row_bytes))
            one = OneFile(dataset, maker, wanted, kind, asked.huge_row_bytes)
            one.write(path, asked.packing, ledger, corrected=number == asked.corrected)
            made.append((path, ledger.tally, kind))
            yield ledger.tally
        tell(place.told_in(asked.day), dataset.file.complete, asked.day, made)
    except OSError as error:
        problem = f"{error.filename or place.folder} can not be written: {error.strerror}."
        raise TidegateError(problem, remedy="Make room, or give another folder by --into.") from error


def _files(asked: Asked, maker: RowMaker) -> Iterator[tuple[int, int, BadFile | None]]:
    """The files by number, with their rows and what is wrong with each; of a corrected one it alone."""
    rows = _rows(asked, maker)
    for place in range(asked.files):
        number = asked.first + place
        if asked.corrected in (None, number):
            yield number, rows // asked.files + (place < rows % asked.files), None
    if asked.corrected is None:
        for place, kind in enumerate(asked.bad_files):
            yield asked.first + asked.files + place, max(rows // asked.files, 1), kind


def _rows(asked: Asked, maker: RowMaker) -> int:
    if asked.rows is not None:
        return asked.rows
    sample = maker.block(Stretch(asked.day, 1, 0, _SAMPLE_ROWS), np.random.default_rng(asked.seed))
    return max(round(asked.size_bytes * _SAMPLE_ROWS / len(sample.data)), 1)
