"""Ways to break a row of CSV."""

import csv
from collections.abc import Callable, Sequence
from functools import partial

from producers.files.block import csv_text
from producers.files.damage import Damage, Values, breaking_values, other_kinds, too_early
from tidegate.avro.json_values import sent_name
from tidegate.contracts.dataset import Files
from tidegate.dead_letters.codes import Code


class CsvRows:
    """Rows of CSV taken apart and put together again."""

    def __init__(self, dataset: Files, columns: Sequence[str]) -> None:
        self._file, self._columns = dataset.file, tuple(columns)
        self._null = dataset.file.csv.nulls[0] if dataset.file.csv.nulls else ""
        text = [
            sent_name(f) for f in dataset.raw_fields.values() if f.type.kind == "string" and f.name not in _own(dataset)
        ]
        self._text_at = self._columns.index(next(name for name in reversed(text) if name in self._columns))

    def cells(self, line: bytes) -> list[str]:
        """The cells of a good row."""
        dialect = self._file.csv
        text = line.decode(self._file.encoding)
        return next(csv.reader([text], delimiter=dialect.delimiter, quotechar=dialect.quote or None))

    def with_cells(self, line: bytes, change: Callable[[list[str]], list[str]]) -> bytes:
        """The row with other cells."""
        return csv_text(change(self.cells(line)), self._file)

    def with_values(self, line: bytes, values: Values) -> bytes:
        """The row with these values, by their columns."""

        def changed(cells: list[str]) -> list[str]:
            named = zip(self._columns, cells, strict=True)
            return [self._cell(values[name]) if name in values else cell for name, cell in named]

        return self.with_cells(line, changed)

    def with_text(self, line: bytes, text: bytes) -> bytes:
        """The row with these bytes, as they are, in the place of the cell of a text."""
        before = self.with_cells(line, lambda cells: [*cells[: self._text_at], "\a", *cells[self._text_at + 1 :]])
        return before.replace("\a".encode(self._file.encoding), text)

    def _cell(self, value: object) -> str:
        if value is None:
            return self._null
        return str(value).lower() if isinstance(value, bool) else str(value)


def csv_damages(dataset: Files, columns: Sequence[str]) -> list[Damage]:
    """All that can be done to rows of ``dataset``."""
    rows, (time, number) = CsvRows(dataset, columns), other_kinds(dataset)

    def values(cause: str, code: Code, of: Values) -> Damage:
        return Damage(cause, code, partial(rows.with_values, values=of))

    found = [
        Damage("too_many_cells", Code.CELL_COUNT, lambda line: rows.with_cells(line, lambda cells: [*cells, "more"])),
        Damage("too_few_cells", Code.CELL_COUNT, lambda line: rows.with_cells(line, lambda cells: cells[:-1])),
        Damage("nul", Code.NOT_CSV, lambda line: rows.with_text(line, _text(dataset, "a\0b"))),
        values("other_number", Code.BAD_VALUE, {number: "1.234,50"}),
        values("other_time", Code.BAD_VALUE, {time: "28.11.2026 14:03"}),
        values("too_early", Code.EVENT_TIME_OUT_OF_RANGE, {time: too_early(dataset)}),
        *(values(f"rule_{rule}", Code.RULE_VIOLATED, of) for rule, of in breaking_values(dataset).items()),
    ]
    if quote := dataset.file.csv.quote:
        inch = _text(dataset, f"{quote}19{quote} monitor{quote}")
        found.append(Damage("broken_quote", Code.NOT_CSV, lambda line: rows.with_text(line, inch)))
    if dataset.file.encoding == "UTF-8":
        found.append(Damage("bad_encoding", Code.BAD_UTF8, lambda line: rows.with_text(line, b"\xfc\xff")))
    return found


def huge_row(dataset: Files, columns: Sequence[str], size: int) -> Damage:
    """A cell of so many bytes, for a row that is too long to be read."""
    rows = CsvRows(dataset, columns)
    return Damage("huge_cell", Code.RECORD_TOO_LARGE, lambda line: rows.with_text(line, b"x" * size))


def _own(dataset: Files) -> frozenset[str]:
    return frozenset({*dataset.contract.identity, dataset.contract.event_time.field})


def _text(dataset: Files, text: str) -> bytes:
    return text.encode(dataset.file.encoding)
