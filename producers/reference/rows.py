"""Rows of reference data, from CSV or JSON lines, as states of a key or as its deletion."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from tidegate.avro.json_values import JsonValueError, from_json
from tidegate.avro.types import AvroType, Field, fields_by_name
from tidegate.contracts.dataset import Reference
from tidegate.errors import TidegateError

DELETED = "_deleted"
_TRUE = frozenset({"true", "1", "yes"})
_FALSE = frozenset({"false", "0", "no"})


class Row(NamedTuple):
    """One row of a file: the number of its (last) line, and its values, or why it has none."""

    number: int
    values: Mapping[str, Any] | None
    problem: str
    text: str


@dataclass(frozen=True, slots=True)
class State:
    """What a key holds from now on; ``record`` None deletes it."""

    key: str
    record: dict[str, Any] | None


class RowReader:
    """Checks rows against a reference dataset's schema."""

    def __init__(self, dataset: Reference, loaded_at: datetime) -> None:
        self._key = dataset.key
        self._time = dataset.contract.event_time.field
        self._loaded_at = loaded_at.isoformat(timespec="milliseconds")
        self._type = dataset.raw_type

    def rows(self, path: Path) -> Iterator[Row]:
        """The rows of a CSV file with a header, or of JSON lines; which of the two, the first character tells.

        Raises:
            TidegateError: the file cannot be read, or its header names columns that the schema does not have.
        """
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                is_json = file.read(1) in ("{", "")
                file.seek(0)
                yield from _json_rows(file) if is_json else self._csv_rows(file, path)
        except (OSError, UnicodeDecodeError) as error:
            raise TidegateError(f"{path} cannot be read ({error}).", remedy="Give a UTF-8 file.") from error

    def state(self, row: Row) -> State:
        """The state that a row describes; without a time it holds from the time of loading.

        Raises:
            ValueError: the row does not fit the schema; says where.
        """
        if row.values is None:
            raise ValueError(row.problem)
        values = {name: value for name, value in row.values.items() if name != DELETED}
        if _is_true(row.values.get(DELETED)):
            key = values.get(self._key)
            if not isinstance(key, str) or not key:
                raise ValueError(f"{self._key}: a deletion names its key")
            return State(key, None)
        if values.get(self._time) is None:
            values[self._time] = self._loaded_at
        try:
            record = from_json(values, self._type, "row")
        except JsonValueError as error:
            raise ValueError(f"{error.problem} {error.remedy}") from error
        return State(str(record[self._key]), record)

    def _csv_rows(self, file: io.TextIOBase, path: Path) -> Iterator[Row]:
        reader = csv.reader(file, strict=True)
        header = next(reader)
        fields = fields_by_name(self._type)
        if unknown := [name for name in header if name not in fields and name != DELETED]:
            raise TidegateError(
                f"{path} has a column {unknown[0]!r} that the schema does not have.",
                remedy=f"Its fields: {', '.join(fields)}; separate columns by commas.",
            )
        try:
            for cells in reader:
                yield _csv_row(reader.line_num, header, cells, fields)
        except csv.Error as error:
            yield Row(reader.line_num, None, f"not CSV ({error}); the rest of the file was not read", "")


def _csv_row(number: int, header: list[str], cells: list[str], fields: Mapping[str, Field]) -> Row:
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    if len(cells) != len(header):
        return Row(number, None, f"{len(cells)} cells under {len(header)} columns", text.getvalue())
    values: dict[str, Any] = {}
    for name, cell in zip(header, cells, strict=True):
        field = fields.get(name)
        if field is None:
            values[name] = cell
        elif cell or not field.has_default:
            values[name] = _typed(cell, field.type)
    return Row(number, values, "", text.getvalue())


def _typed(cell: str, avro: AvroType) -> Any:
    """A cell as the JSON value of its type; one that does not look like it stays text, and is refused later."""
    if not cell:
        return None
    match avro.kind:
        case "int" | "long" | "timestamp-millis" | "timestamp-micros" if cell.lstrip("-").isdecimal():
            return int(cell)
        case "float" | "double" if cell.replace(".", "", 1).lstrip("-").isdecimal():
            return Decimal(cell)
        case "boolean" if cell.lower() in _TRUE | _FALSE:
            return cell.lower() in _TRUE
        case _:
            return cell


def _json_rows(lines: io.TextIOBase) -> Iterator[Row]:
    for number, line in enumerate(lines, start=1):
        text = line.rstrip("\r\n")
        try:
            values = json.loads(text, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            yield Row(number, None, f"not JSON: {error}", text)
            continue
        problem = "" if isinstance(values, dict) else "not a JSON object"
        yield Row(number, None if problem else values, problem, text)


def _is_true(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.lower() in _TRUE)
