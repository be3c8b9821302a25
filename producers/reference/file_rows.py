"""Rows of a file: CSV with a header, or JSON lines, compressed by gzip or not; each row stands for itself."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from producers.recorded.inputs import chunks_of, open_input, read_errors
from producers.recorded.split import MAX_LINE_BYTES, Line, split_lines
from producers.reference.cells import typed
from producers.reference.column_map import ColumnMap
from producers.reference.csv_records import CsvRecord, csv_records, csv_text
from producers.reference.rows import Row
from producers.sending.decoding import Fault, decoded
from tidegate import log
from tidegate.avro.json_text import read_json
from tidegate.contracts.dataset import Reference
from tidegate.errors import TidegateError

_BEGINNING_BYTES = 100


def file_rows(path: Path, dataset: Reference, columns: ColumnMap | None = None) -> Iterator[Row]:
    """The rows of a file, by the names of the fields; whether it is CSV or JSON lines, its first character tells.

    Raises:
        TidegateError: the file cannot be read, or its header does not fit the schema.
    """
    columns = columns or ColumnMap()
    with open_input(path) as file:
        with read_errors(path):
            beginning = file.peek(_BEGINNING_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]  # type: ignore[attr-defined]
        if beginning == b"[":
            raise TidegateError(
                f"{path} holds a JSON array.", remedy=f"Give one object a line: `jq -c '.[]' {path} > rows.jsonl`."
            )
        if beginning == b"{":
            lines = split_lines(chunks_of(file, path, _never))
            yield from (_json_row(line, dataset, columns) for line in lines if line is not None)
        else:
            with csv_text(file) as text, read_errors(path):
                yield from _csv_rows(csv_records(text), path, dataset, columns)


def _json_row(line: Line, dataset: Reference, columns: ColumnMap) -> Row:
    if line.too_long:
        reason = f"a line of {line.too_long:,} bytes; at most {MAX_LINE_BYTES:,} are read"
        return Row(line.number, None, reason, line.text)
    found = decoded(lambda: _object(line.text))
    if isinstance(found, Fault):
        return Row(line.number, None, found.reason, line.text)
    return Row(line.number, columns.renamed(found, dataset), "", line.text)


def _object(text: bytes) -> dict[str, Any]:
    value = read_json(text)
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def _csv_rows(records: Iterator[CsvRecord], path: Path, dataset: Reference, columns: ColumnMap) -> Iterator[Row]:
    header = next(records, None)
    if header is None:
        return
    names = _checked_header(header, path, dataset, columns)
    taken = columns.taken(names, dataset)
    if columns and (left_out := columns.left_out(names, dataset)):
        log.tell(f"{path}: no field is read from {', '.join(left_out)}.", "columns_left_out", columns=left_out)
    for record in records:
        row = _csv_row(record, len(names), taken, dataset)
        yield row if row.values is None else row._replace(values={**columns.nulls(dataset), **row.values})


def _checked_header(header: CsvRecord, path: Path, dataset: Reference, columns: ColumnMap) -> list[str]:
    names, fields = header.cells or [], dataset.raw_fields
    remedy = f"Its fields: {', '.join(fields)}; separate columns by commas."
    if not names:
        problem = header.problem or "its first line is empty"
        raise TidegateError(f"{path} has no header that can be read ({problem}).", remedy=remedy)
    if not columns and (unknown := columns.left_out(sorted({*names}, key=names.index), dataset)):
        problem = f"{path} has a column {unknown[0][:80]!r} that the schema does not have."
        raise TidegateError(problem, remedy=f"{remedy} Or say which columns they are: --map field=column.")
    if missing := columns.missing(names):
        named = ", ".join(names)
        raise TidegateError(f"{path} has no column {missing[0]!r}, which --map names.", remedy=f"Its columns: {named}.")
    if twice := [name for name in names if names.count(name) > 1]:
        raise TidegateError(f"{path} has the column {twice[0]!r} twice.", remedy="Leave out one of them.")
    if columns.column_of(dataset.key) not in names:
        problem = f"{path} has no column {dataset.key!r}, the key of {dataset.name}."
        raise TidegateError(problem, remedy=f"{remedy} If it has another name: --map {dataset.key}=column.")
    return names


def _csv_row(record: CsvRecord, width: int, taken: list[tuple[str, int]], dataset: Reference) -> Row:
    cells = record.cells
    if cells is None:
        return Row(record.number, None, record.problem, record.text)
    if len(cells) != width:
        return Row(record.number, None, f"{len(cells)} cells under {width} columns", record.text)
    found = decoded(lambda: _values(((name, cells[place]) for name, place in taken), dataset))
    if isinstance(found, Fault):
        return Row(record.number, None, found.reason, record.text)
    return Row(record.number, found, "", record.text)


def _values(cells: Iterable[tuple[str, str]], dataset: Reference) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, cell in cells:
        field = dataset.raw_fields.get(name)
        if field is None:
            values[name] = cell
        elif cell or not field.has_default:
            values[name] = typed(cell, field.type, f"row.{name}")
    return values


def _never() -> bool:
    return False
