"""Rows of a file: CSV with a header, or JSON lines, compressed by gzip or not; each row stands for itself."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from producers.recorded.inputs import chunks_of, open_input, read_errors
from producers.recorded.split import MAX_LINE_BYTES, Line, split_lines
from producers.reference.cells import typed
from producers.reference.csv_records import CsvRecord, csv_records, csv_text
from producers.reference.rows import DELETED, Row
from producers.sending.decoding import Fault, decoded
from tidegate.avro.json_text import read_json
from tidegate.contracts.dataset import Reference
from tidegate.errors import TidegateError

_BEGINNING_BYTES = 100


def file_rows(path: Path, dataset: Reference) -> Iterator[Row]:
    """The rows of a file; whether it is CSV or JSON lines, its first character tells.

    Raises:
        TidegateError: the file cannot be read, or its header does not fit the schema.
    """
    with open_input(path) as file:
        with read_errors(path):
            beginning = file.peek(_BEGINNING_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]  # type: ignore[attr-defined]
        if beginning == b"[":
            raise TidegateError(
                f"{path} holds a JSON array.", remedy=f"Give one object a line: `jq -c '.[]' {path} > rows.jsonl`."
            )
        if beginning == b"{":
            lines = split_lines(chunks_of(file, path, _never))
            yield from (_json_row(line) for line in lines if line is not None)
        else:
            with csv_text(file) as text, read_errors(path):
                yield from _csv_rows(csv_records(text), path, dataset)


def _json_row(line: Line) -> Row:
    if line.too_long:
        reason = f"a line of {line.too_long:,} bytes; at most {MAX_LINE_BYTES:,} are read"
        return Row(line.number, None, reason, line.text)
    found = decoded(lambda: _object(line.text))
    if isinstance(found, Fault):
        return Row(line.number, None, found.reason, line.text)
    return Row(line.number, found, "", line.text)


def _object(text: bytes) -> dict[str, Any]:
    value = read_json(text)
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def _csv_rows(records: Iterator[CsvRecord], path: Path, dataset: Reference) -> Iterator[Row]:
    header = next(records, None)
    if header is None:
        return
    names = _checked_header(header, path, dataset)
    for record in records:
        yield _csv_row(record, names, dataset)


def _checked_header(header: CsvRecord, path: Path, dataset: Reference) -> list[str]:
    names, fields = header.cells or [], dataset.raw_fields
    remedy = f"Its fields: {', '.join(fields)}; separate columns by commas."
    if not names:
        problem = header.problem or "its first line is empty"
        raise TidegateError(f"{path} has no header that can be read ({problem}).", remedy=remedy)
    if unknown := [name for name in names if name not in fields and name != DELETED]:
        raise TidegateError(f"{path} has a column {unknown[0][:80]!r} that the schema does not have.", remedy=remedy)
    if twice := [name for name in names if names.count(name) > 1]:
        raise TidegateError(f"{path} has the column {twice[0]!r} twice.", remedy="Leave out one of them.")
    if dataset.key not in names:
        raise TidegateError(f"{path} has no column {dataset.key!r}, the key of {dataset.name}.", remedy=remedy)
    return names


def _csv_row(record: CsvRecord, names: list[str], dataset: Reference) -> Row:
    cells = record.cells
    if cells is None:
        return Row(record.number, None, record.problem, record.text)
    if len(cells) != len(names):
        return Row(record.number, None, f"{len(cells)} cells under {len(names)} columns", record.text)
    found = decoded(lambda: _values(cells, names, dataset))
    if isinstance(found, Fault):
        return Row(record.number, None, found.reason, record.text)
    return Row(record.number, found, "", record.text)


def _values(cells: list[str], names: list[str], dataset: Reference) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=True):
        field = dataset.raw_fields.get(name)
        if field is None:
            values[name] = cell
        elif cell or not field.has_default:
            values[name] = typed(cell, field.type, f"row.{name}")
    return values


def _never() -> bool:
    return False
