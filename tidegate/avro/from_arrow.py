"""Encodes the rows of Arrow's columns as Avro records, thousands at a time, without a Python value per field.

An Avro record is its fields' encodings one after the other. So each column becomes a column of encodings, and Arrow
joins them row by row; the bytes are those that fastavro writes. Format: Avro 1.12 specification, "Binary encoding".
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tidegate.avro.types import AvroType, Field

_BYTES = pa.large_binary()
_NONE = pa.scalar(b"", _BYTES)
_END = pa.scalar(b"\0", _BYTES)
"""Of an array or a map: a block of no items."""
_FALSE, _TRUE = pa.scalar(b"\0", _BYTES), pa.scalar(b"\1", _BYTES)
_BRANCHES = pa.scalar(b"\0", _BYTES), pa.scalar(b"\2", _BYTES)
_MOST_DIGITS = 10
_US_PER_MS = 1000


def encode_rows(rows: Any, record: AvroType, frame: bytes = b"") -> list[bytes]:
    """The records of a ``RecordBatch``, each with ``frame`` in front of it; columns that are no field are left out.

    An array or a map that is null and may not be so is empty. Of what ``record`` has, numbers with a fraction, dates,
    microseconds, enums and fixed bytes are not written: no letter has them.

    Raises:
        ValueError: a field that may not be null is so in a row, or is of a type that is not written; names the field.
    """
    columns = []
    for field in record.fields:
        column = _encoded(rows.column(field.name), field.type)
        if column.null_count:
            raise ValueError(f"{column.null_count} rows have no {field.name}, or a part of it is missing")
        columns.append(column)
    return bytes_of(_joined([pa.scalar(frame, _BYTES), *columns]))


def bytes_of(values: Any) -> list[bytes]:
    """A column of texts, bytes or numbers, as text, without nulls: what each row has."""
    column = values.cast(pa.string()).cast(_BYTES) if pa.types.is_integer(values.type) else values.cast(_BYTES)
    _, offsets, data = column.buffers()
    ends = np.frombuffer(offsets, np.int64)[column.offset : column.offset + len(column) + 1].tolist()
    held = data.to_pybytes() if data is not None else b""
    return [held[start:end] for start, end in pairwise(ends)]


def _encoded(values: Any, avro: AvroType) -> Any:
    """As bytes: null where a value is that may not be so."""
    if not avro.nullable:
        return _present(values, avro)
    null, other = _BRANCHES if avro.null_first else _BRANCHES[::-1]
    if values.null_count == len(values):
        return pa.repeat(null, len(values))
    here = _joined([other, _present(values, avro)])
    if not values.null_count:
        return here
    # A value that lacks a part of its own stays null.
    return pc.if_else(values.is_null(), null, here)


def _present(values: Any, avro: AvroType) -> Any:
    match avro.stored or avro.kind:
        case "record":
            return _record(values, avro.fields)
        case "array":
            return _blocks(values, avro.element)
        case "map":
            return _blocks(_entries(values), _entry(avro.element))
        case "boolean":
            return pc.if_else(values, _TRUE, _FALSE)
        case "timestamp-millis":
            return _numbers(values.cast(pa.timestamp("us", "UTC")).cast(pa.int64()), _US_PER_MS)
        case "int" | "long":
            return _numbers(values)
        case "string" | "bytes":
            data = values.cast(_BYTES)
            return _joined([_numbers(pc.binary_length(data)), data])
        case kind:
            raise ValueError(f"{kind} is not written")


def _record(values: Any, fields: Iterable[Field]) -> Any:
    parts = dict(zip((part.name for part in values.type), values.flatten(), strict=True))
    body = _joined([_encoded(parts[field.name], field.type) for field in fields])
    return pc.if_else(values.is_valid(), body, pa.scalar(None, _BYTES)) if values.null_count else body


def _blocks(values: Any, element: AvroType) -> Any:
    """Arrays: one block with all items, then one with none."""
    counts = pc.fill_null(pc.list_value_length(values), 0)
    if not pc.any(pc.greater(counts, 0)).as_py():
        return pa.repeat(_END, len(values))
    offsets = np.concatenate([[0], np.cumsum(counts.to_numpy())])
    items = pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), _encoded(values.flatten(), element))
    blocks = _joined([_numbers(counts), pc.binary_join(items, _NONE), _END])
    return pc.if_else(pc.equal(counts, 0), _END, blocks)


def _entries(values: Any) -> Any:
    """A map as an array of its names and values, which Arrow knows more of."""
    kinds = [pa.field("key", values.type.key_type), pa.field("value", values.type.item_type)]
    return values.cast(pa.list_(pa.struct(kinds)))


def _entry(value: AvroType) -> AvroType:
    return AvroType("record", fields=(Field("key", AvroType("string")), Field("value", value)))


def _joined(parts: list[Any]) -> Any:
    """Row by row; null where one is null."""
    return pc.binary_join_element_wise(*parts, _NONE)


def _numbers(values: Any, unit: int = 1) -> Any:
    """Whole numbers as zigzag varints, the lowest seven bits first; of each the whole multiple of ``unit`` below it."""
    numbers = pc.fill_null(values, 0).cast(pa.int64()).to_numpy() // unit
    zigzag = ((numbers << 1) ^ (numbers >> 63)).view(np.uint64)
    encoded = _varints(zigzag)
    return pc.if_else(values.is_valid(), encoded, pa.scalar(None, _BYTES)) if values.null_count else encoded


def _varints(numbers: NDArray[np.uint64]) -> Any:
    digits = np.ones(len(numbers), np.int64)
    for more in range(1, _MOST_DIGITS):
        longer = numbers >= np.uint64(1 << 7 * more)
        if not longer.any():
            break
        digits += longer
    offsets = np.concatenate([[0], np.cumsum(digits)])
    data = np.empty(offsets[-1], np.uint8)
    for digit in range(digits.max(initial=0)):
        has = digits > digit
        low = (numbers[has] >> np.uint64(7 * digit)).astype(np.uint8) & 0x7F
        data[offsets[:-1][has] + digit] = low | ((digits[has] > digit + 1).astype(np.uint8) << 7)
    return pa.LargeBinaryArray.from_buffers(_BYTES, len(numbers), [None, pa.py_buffer(offsets), pa.py_buffer(data)])
