"""Mends the rows of letters of files: each as it was written, by the header and in the dialect of its own file."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from tidegate.clients.file_version import FileVersion
from tidegate.contracts.dataset import Files
from tidegate.dead_letters.codes import Stage
from tidegate.files.csv_rows import CsvRows
from tidegate.files.file_head import FileHead, read_head
from tidegate.files.json_rows import JsonRows
from tidegate.files.parquet_letter import not_said
from tidegate.files.repairs import root_of, unrepairable
from tidegate.redrive.fix import Fixer, NotFixed
from tidegate.redrive.opened import Records
from tidegate.redrive.recipe import Recipe
from tidegate.redrive.refusal import refusal
from tidegate.redrive.script import Script
from tidegate.redrive.whole import Came
from tidegate.settings import Settings

_CUT = "its letter keeps the first part of its row only"
_DOCUMENT = "its row is in silver: `tidegate files index` writes its document once more"
_WITH_OTHERS = "its row would take others with it: it can't be told where it ends"


class RowFormat(Records, Protocol):
    """How rows of a file are opened and written."""

    def stands_alone(self, row: bytes) -> bool:
        """Whether these bytes are one row, whatever comes before and behind them."""


class CutRows:
    """What is known of a row that is longer than its letter."""

    def at(self, letter: Mapping[str, Any]) -> Came | str:
        return _CUT


class Mending:
    """Mends letters of a dataset; ``newest``: the states of its files.

    Raises:
        TidegateError: a file's copy is not there, or its header can't be read. TransientError: S3 is out of reach.
    """

    def __init__(
        self, settings: Settings, dataset: Files, newest: Sequence[FileVersion], recipe: Recipe | Script | None
    ) -> None:
        self._settings = settings
        self._dataset = dataset
        self._newest = newest
        self._versions = {each.number: each for each in newest}
        self._recipe = recipe
        self._heads: dict[int, FileHead] = {}
        self._formats: dict[int, tuple[RowFormat, Fixer]] = {}

    def root(self, letter: Mapping[str, Any]) -> int:
        """The number of the supplier's file that a letter's row comes from."""
        number = int(letter["source"]["partition"])
        version = self._versions.get(number)
        return number if version is None else root_of(version)

    def head(self, root: int) -> FileHead:
        """How that file begins."""
        if root not in self._heads:
            self._heads[root] = read_head(self._settings, self._dataset, self._versions[root])
        return self._heads[root]

    def row(self, letter: Mapping[str, Any]) -> bytes | NotFixed:
        """The row that is loaded in the place of a decoded letter's, or why there is none."""
        root = self.root(letter)
        refused = self._refusal(letter, root)
        if refused:
            return NotFixed(refused)
        rows, fixer = self._format(root)
        fixed = fixer(letter)
        if isinstance(fixed, NotFixed):
            return fixed
        row = fixed.value or b""
        return row if row and rows.stands_alone(row) else NotFixed(_WITH_OTHERS)

    def _refusal(self, letter: Mapping[str, Any], root: int) -> str | None:
        refused = _DOCUMENT if letter["stage"] == Stage.INDEX else refusal(letter)
        unsaid = not_said(letter) if self._dataset.file.is_parquet else None
        return refused or unsaid or unrepairable(self._newest, root)

    def _format(self, root: int) -> tuple[RowFormat, Fixer]:
        if root not in self._formats:
            rows = _format(self._dataset, self.head(root))
            self._formats[root] = rows, Fixer(self._dataset, CutRows(), self._recipe, rows)
        return self._formats[root]


def _format(dataset: Files, head: FileHead) -> RowFormat:
    section = dataset.file
    if section.is_csv:
        return CsvRows(section.csv, head)
    return JsonRows(head.codec, is_array=section.format == "json_array")
