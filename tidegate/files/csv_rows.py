"""A row of CSV opened for a recipe: a record of its columns' texts, and a row again in the dialect of its file."""

import csv
from collections.abc import Sequence
from typing import Any

from tidegate.contracts.file_section import Csv
from tidegate.files.file_head import FileHead, cells_of, dialect
from tidegate.redrive.casts import CastError, cast
from tidegate.redrive.opened import Bytes, Opened, Unopened

_ENDS = ("\n", "\r")


class CsvRows:
    """Of files that begin with ``head``. A cell that stands for no value is None."""

    def __init__(self, section: Csv, head: FileHead) -> None:
        self._csv = section
        self._head = head
        self._dialect = dialect(section)
        self._null = section.nulls[0] if section.nulls else ""

    def open(self, came: Bytes) -> Opened:
        cells, columns = self._cells(came.value), self._head.columns
        values = [None if cell in self._csv.nulls else cell for cell in cells]
        record = dict(zip(columns, values, strict=False))
        if len(cells) > len(columns):
            raise Unopened(f"it has {len(cells)} cells for {len(columns)} columns: use the step cut first")
        fault = None if len(cells) == len(columns) else f"cell {len(cells)} of {len(columns)}"
        return Opened(record, fault)

    def write(self, record: dict[str, Any], came: Bytes, encode: int | None) -> Bytes:
        if encode is not None:
            raise Unopened("rows of files are written by no schema: leave encode out")
        columns = self._head.columns
        if strange := [name for name in record if name not in columns]:
            raise Unopened(f"the file has no column {strange[0]}")
        if missing := [name for name in columns if name not in record]:
            raise Unopened(f"there is no value for the column {missing[0]}")
        return came._replace(value=self._written([self._text(name, record[name]) for name in columns]))

    def cut(self, came: Bytes) -> Bytes:
        cells, most = self._cells(came.value), len(self._head.columns)
        return came if len(cells) <= most else came._replace(value=self._written(cells[:most]))

    def named(self, came: Bytes, schema_id: int | None, *, framed: bool) -> Bytes:
        raise Unopened("rows of files name no schema: schema_id and frame are for Avro")

    def stands_alone(self, row: bytes) -> bool:
        """Whether it is one row wherever it stands: where cells may hold the ends of lines, a bad one may not be."""
        if not self._csv.multiline:
            return True
        try:
            return len(self._cells(row)) == len(self._head.columns)
        except Unopened:
            return False

    def _cells(self, row: bytes | None) -> list[str]:
        try:
            text = (row or b"").decode(self._head.codec)
        except UnicodeDecodeError as error:
            raise Unopened(f"the row is not {self._head.codec}") from error
        try:
            return cells_of(text, self._csv)
        except csv.Error as error:
            raise Unopened(f"it can't be cut into cells: {error}") from error

    def _text(self, name: str, value: object) -> str:
        if value is None:
            return self._null
        try:
            return str(cast(value, "string"))
        except CastError as error:
            raise Unopened(f"column {name}: {error}") from error

    def _written(self, cells: Sequence[str]) -> bytes:
        """What is read back as these cells, and as one row that is no comment."""
        if not self._csv.multiline and any(end in cell for cell in cells for end in _ENDS):
            raise Unopened("a cell holds the end of a line, which csv.multiline would allow")
        for quoting in (self._dialect["quoting"], csv.QUOTE_ALL):
            try:
                row = _line(cells, {**self._dialect, "quoting": quoting}).encode(self._head.codec)
            except UnicodeEncodeError as error:
                raise Unopened(f"a value can't be written in {self._head.codec}") from error
            except csv.Error as error:
                raise Unopened(f"it can't be written as CSV: {error}") from error
            if not self._is_comment(row) and self._cells(row) == [*cells]:
                return row
            if not self._csv.quote:
                break
        raise Unopened("what would be written is another row when it is read")

    def _is_comment(self, row: bytes) -> bool:
        comment = self._csv.comment
        return bool(comment) and row.startswith(str(comment).encode(self._head.codec))


class _Line:
    """What the writer of Python's module writes to."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)


def _line(cells: Sequence[str], options: dict[str, Any]) -> str:
    line = _Line()
    csv.writer(line, **options).writerow(cells)
    return line.text
