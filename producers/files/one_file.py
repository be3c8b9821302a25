"""One file from its first byte to its last, with what is done to it as a whole."""

import hashlib
import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from producers.files.bad_files import BadFile
from producers.files.block import END, RowMaker, csv_text
from producers.files.correct import write_corrected
from producers.files.csv_damage import CsvRows, csv_damages, huge_row
from producers.files.damage import Break, Damage
from producers.files.json_damage import huge_json, json_damages, with_json_values
from producers.files.mixing import Correction
from producers.files.packing import Packing, packed
from producers.files.tally import Ledger
from producers.files.write import Target, Wanted, write_rows
from tidegate.contracts.dataset import Files
from tidegate.dead_letters.codes import Code

_CUT_SHARE = 0.8
_HEADER_AGAIN = Damage("header_again", Code.NOT_CSV, lambda line: line)
_CHUNK_BYTES = 1024 * 1024


def packing_of(packing: Packing, kind: BadFile | None) -> Packing:
    """How a file is packed that is asked for like that."""
    match kind:
        case BadFile.TRUNCATED_GZIP | BadFile.GZIP_NAMED_PLAIN:
            return "gzip"
        case BadFile.EMPTY | BadFile.NO_LAST_NEWLINE:
            return "none"
        case _:
            return packing


@dataclass(frozen=True, slots=True)
class OneFile:
    """A file of a dataset; ``kind``: what is wrong with it as a whole."""

    dataset: Files
    maker: RowMaker
    wanted: Wanted
    kind: BadFile | None = None
    huge_row_bytes: int | None = None

    def write(self, path: Path, packing: Packing, ledger: Ledger, *, corrected: bool = False) -> None:
        """The whole file; the ledger has its counts then, its size and hash.

        Raises:
            OSError: it can't be written.
        """
        tally = ledger.tally
        with packed(path, packing_of(packing, self.kind), cr_only=self.kind is BadFile.CR_ONLY) as out:
            target = Target(out, ledger)
            if self.kind is not BadFile.EMPTY:
                self._header(target)
            if corrected:
                write_corrected(self.maker, self.wanted, self._change(), Correction(), target)
            elif self.kind not in (BadFile.EMPTY, BadFile.HEADER_ONLY):
                write_rows(self.maker, self.wanted, self._damages(), target, self._huge())
        tally.size_bytes, tally.unpacked_bytes, tally.sha256 = out.size_bytes, out.unpacked_bytes, out.sha256
        if self.kind is BadFile.NO_LAST_NEWLINE:
            tally.unpacked_bytes -= len(END)
            tally.size_bytes, tally.sha256 = _cut(path, tally.size_bytes - len(END))
        elif self.kind is BadFile.TRUNCATED_GZIP:
            tally.size_bytes, tally.sha256 = _cut(path, int(tally.size_bytes * _CUT_SHARE))

    def _header(self, target: Target) -> None:
        """The columns, if the files of the dataset name them."""
        if not self.maker.columns or self.dataset.file.csv.columns is not None:
            return
        columns = list(self.maker.columns)
        if self.kind is BadFile.WRONG_HEADER:
            columns[0] = f"{columns[0]}_old"
        line = csv_text(columns, self.dataset.file)
        target.out.write(line + END)
        target.ledger.tally.header_lines = 1
        if self.kind is BadFile.TWO_HEADERS:
            target.ledger.rejected(_HEADER_AGAIN, target.out.unpacked_bytes, len(line))
            target.out.write(line + END)
            target.ledger.tally.rows += 1

    def _damages(self) -> list[Damage]:
        return csv_damages(self.dataset, self.maker.columns) if self._is_csv else json_damages(self.dataset)

    def _huge(self) -> Damage | None:
        if self.huge_row_bytes is None:
            return None
        if self._is_csv:
            return huge_row(self.dataset, self.maker.columns, self.huge_row_bytes)
        return huge_json(self.dataset, self.huge_row_bytes)

    def _change(self) -> Break:
        values = dict([self.maker.correction])
        if self._is_csv:
            return partial(CsvRows(self.dataset, self.maker.columns).with_values, values=values)
        return partial(with_json_values, values=values, encoding=self.dataset.file.encoding)

    @property
    def _is_csv(self) -> bool:
        return self.dataset.file.is_csv


def _cut(path: Path, size: int) -> tuple[int, str]:
    """The file's size and hash once only its first bytes are left."""
    os.truncate(path, size)
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            found.update(chunk)
    return size, found.hexdigest()
