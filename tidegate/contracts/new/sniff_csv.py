"""What a sample in CSV looks like: encoding, delimiter, words for no value, and the types of its columns. Pure.

It is looked at, never guessed beyond that: a delimiter is the one by which all rows have as many cells as the header;
a number with leading zeros stays text; a column is a number, date or boolean only if all of its values are.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tidegate.contracts.file_section import Encoding
from tidegate.errors import ContractError

DELIMITERS = (",", ";", "\t", "|")
_MARKS: Mapping[bytes, Encoding] = {b"\xef\xbb\xbf": "UTF-8", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_NULLS = ("NULL", r"\N")
"""Words that databases write for no value, beside an empty cell."""
_WHOLE = re.compile(r"-?(0|[1-9]\d*)", re.ASCII)
_DECIMAL = re.compile(r"-?(0|[1-9]\d*)\.\d+", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_SPARE_DIGITS, _MAX_DIGITS = 4, 38
"""Numbers to come may be larger than those of the sample."""


@dataclass(frozen=True, slots=True)
class SniffedCsv:
    """Rows as JSON would send them; ``types``: of columns that JSON has no value for, as Avro."""

    encoding: Encoding
    delimiter: str
    nulls: tuple[str, ...]
    samples: Sequence[Mapping[str, Any]]
    types: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def sniff_csv(data: bytes, where: str) -> SniffedCsv:
    """What the sample says of itself; ``where`` names it.

    Raises:
        ContractError: it has no header that can be read, or a row that does not fit it.
    """
    encoding, text = _decoded(data)
    delimiter, (header, *rows) = _table(text, where)
    if not rows:
        raise ContractError(f"{where} has a header and no row.", remedy="Give a sample with rows.")
    nulls = ("", *(word for word in _NULLS if any(word in row for row in rows)))
    types: dict[str, Mapping[str, Any]] = {}
    columns: dict[str, list[Any]] = {}
    for place, name in enumerate(header):
        cells = [None if row[place] in nulls else row[place] for row in rows]
        columns[name], found = _typed(cells)
        if found:
            types[name] = found
    samples = [{name: columns[name][place] for name in header} for place in range(len(rows))]
    return SniffedCsv(encoding, delimiter, nulls, samples, types)


def _decoded(data: bytes) -> tuple[Encoding, str]:
    """By the byte order mark; else UTF-8, or where it is not that, one byte a character, which never fails."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return encoding, data.decode("utf-8-sig" if encoding == "UTF-8" else encoding)
    try:
        return "UTF-8", data.decode()
    except UnicodeDecodeError:
        has_signs = any(0x80 <= byte < 0xA0 for byte in data)
        encoding = "windows-1252" if has_signs else "ISO-8859-1"
        return encoding, data.decode(encoding, errors="replace")


def _table(text: str, where: str) -> tuple[str, list[list[str]]]:
    tables = {delimiter: _rows(text, delimiter) for delimiter in DELIMITERS}
    whole = {sign: rows for sign, rows in tables.items() if rows and len({len(row) for row in rows}) == 1}
    single = [rows[0][0] for rows in whole.values() if len(rows[0]) == 1]
    if any(sign in name for name in single for sign in DELIMITERS):
        whole = {sign: rows for sign, rows in whole.items() if len(rows[0]) > 1}
    if not whole:
        problem = (
            f"{where}: its rows do not have as many cells as its header by any of {' '.join(map(repr, DELIMITERS))}"
        )
        raise ContractError(f"{problem}.", remedy="Give a sample of good rows; what is bad is rejected later.")
    delimiter, rows = max(whole.items(), key=lambda each: len(each[1][0]))
    header = rows[0]
    bad = [name for name in header if not name.strip() or header.count(name) > 1 or _WHOLE.fullmatch(name)]
    if bad:
        raise ContractError(
            f"{where}: its first row is no header, as it has {bad[0]!r}.", remedy="Put a row of distinct names first."
        )
    return delimiter, rows


def _rows(text: str, delimiter: str) -> list[list[str]]:
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if row]
    except csv.Error:
        return []


def _typed(cells: Sequence[str | None]) -> tuple[list[Any], Mapping[str, Any]]:
    """The cells as JSON values, and the Avro type where JSON has none for it."""
    known = [cell for cell in cells if cell is not None]
    if not known:
        return [*cells], {}
    if all(_WHOLE.fullmatch(cell) and -(2**63) <= int(cell) < 2**63 for cell in known):
        return [None if cell is None else int(cell) for cell in cells], {}
    if all(cell in ("true", "false") for cell in known):
        return [None if cell is None else cell == "true" for cell in cells], {}
    if all(_DECIMAL.fullmatch(cell) or _WHOLE.fullmatch(cell) for cell in known):
        scale = max(len(cell.partition(".")[2]) for cell in known)
        whole = max(len(cell.partition(".")[0].lstrip("-")) for cell in known)
        precision = min(whole + scale + _SPARE_DIGITS, _MAX_DIGITS)
        if whole + scale <= _MAX_DIGITS:
            return [*cells], {"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale}
    if all(map(_is_date, known)):
        return [*cells], {"type": "int", "logicalType": "date"}
    return [*cells], {}


def _is_date(cell: str) -> bool:
    try:
        return _DATE.fullmatch(cell) is not None and date.fromisoformat(cell) is not None
    except ValueError:
        return False
