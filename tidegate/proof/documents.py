"""A document of the index against its silver row: each field as the index job writes it. Pure."""

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np

from tidegate.contracts.envelope import UNINDEXED

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def differing(source: Mapping[str, Any], row: Mapping[str, Any], columns: Sequence[str]) -> tuple[str, ...]:
    """The columns in which the document is not its row, and fields that silver does not have.

    A field that is null may be there or not. Where entries of maps were too long to be searched, and are kept aside,
    maps are not compared.
    """
    are_whole = UNINDEXED not in source
    changed = [
        name for name in columns if (are_whole or not _has_map(row[name])) and not is_same(source.get(name), row[name])
    ]
    return (*changed, *sorted(name for name in source if name not in row and name != UNINDEXED))


def is_same(written: Any, value: Any) -> bool:
    """Whether a document's field says what a column of a lake table does; times are compared in milliseconds."""
    if written is None or value is None:
        return written is value
    return _is_same_nested(written, value) if isinstance(value, list | dict) else _is_same_plain(written, value)


def _is_same_nested(written: Any, value: Any) -> bool:
    if isinstance(written, Mapping):
        # Arrow has a map as pairs.
        try:
            pairs = value if isinstance(value, dict) else dict(value)
        except (TypeError, ValueError):
            return False
        return all(is_same(written.get(name), pairs.get(name)) for name in {*written, *pairs})
    if not isinstance(written, list) or len(written) != len(value):
        return False
    return all(is_same(*pair) for pair in zip(written, value, strict=True))


def _is_same_plain(written: Any, value: Any) -> bool:
    read = next((read for kind, read in _READ.items() if isinstance(value, kind)), None)
    if read is None:
        return type(written) is type(value) and bool(written == value)
    try:
        found = read(written)
    except (ValueError, TypeError, AttributeError, InvalidOperation):
        return False
    if isinstance(value, float):
        # A FLOAT is written by its own shortest digits, and read from the lake as a double.
        return bool(found == value or np.float32(found) == np.float32(value))
    return bool(found == (_in_ms(value) if isinstance(value, datetime) else value))


def _in_ms(at: datetime) -> int:
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(milliseconds=1)


def _has_map(value: Any) -> bool:
    """Arrow has a map as a list of pairs."""
    if isinstance(value, dict):
        return any(map(_has_map, value.values()))
    return isinstance(value, list) and any(isinstance(each, tuple) or _has_map(each) for each in value)


# A datetime is a date for isinstance: the order matters.
_READ: Mapping[type, Callable[[Any], Any]] = {
    datetime: lambda text: _in_ms(datetime.fromisoformat(text)),
    date: date.fromisoformat,
    time: time.fromisoformat,
    Decimal: lambda number: Decimal(str(number)),
    float: float,
    bytes: lambda text: base64.b64decode(text, validate=True),
}
"""How a document writes what JSON has no type for."""
