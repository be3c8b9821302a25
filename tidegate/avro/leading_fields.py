"""Reads the leading fields of many Avro records at once, without decoding the records.

Silver, dropped and most raw records begin with the few fields a proof needs, all of them int, long or string; so their
places follow from varints alone, which numpy reads for thousands of records together.
Format: Avro 1.12 specification, "Binary encoding".
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tidegate.avro.frame import FRAME_BYTES, MAX_SCHEMA_ID, NO_SCHEMA_ID
from tidegate.avro.records import LookUp, WriterSchemas
from tidegate.avro.types import AvroSchema, Kind, read_record

_LONGEST_VARINT_BYTES = 10
_READABLE: frozenset[Kind] = frozenset({"string", "int", "long"})
_PASSABLE: frozenset[Kind] = _READABLE | {"timestamp-millis", "timestamp-micros", "date"}
"""Kinds that may stand before a wanted field; what is not in ``_READABLE`` has another text when it is decoded."""
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Layout:
    """The leading fields of a schema up to the last wanted one: their kinds, and the places of the wanted ones."""

    kinds: tuple[Kind, ...]
    wanted: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Buffer:
    """Records joined into one run of bytes; record i lies in ``data[starts[i]:ends[i]]``."""

    data: bytes
    starts: Ints
    ends: Ints

    @classmethod
    def of(cls, values: Sequence[bytes]) -> "Buffer":
        sizes = np.fromiter(map(len, values), np.int64, len(values))
        ends = np.cumsum(sizes)
        return cls(b"".join(values), ends - sizes, ends)

    def take(self, rows: Ints) -> "Buffer":
        """The same bytes, only some of the records."""
        return Buffer(self.data, self.starts[rows], self.ends[rows])

    def schema_ids(self) -> Ints:
        """The schema id of each record, as ``frame.schema_id_of`` tells it."""
        framed = self.ends - self.starts >= FRAME_BYTES
        frames = _bytes_at(self.data, self.starts[:, None] + np.arange(FRAME_BYTES))
        ids = frames[:, 1:] @ np.array([1 << 24, 1 << 16, 1 << 8, 1], np.int64)
        return np.where(framed & (frames[:, 0] == 0) & (ids <= MAX_SCHEMA_ID), ids, NO_SCHEMA_ID)


@dataclass(frozen=True, slots=True)
class Fields:
    """The wanted fields of each record, in order: numbers as arrays, strings as (starts, ends) in the buffer."""

    columns: tuple[Ints | tuple[Ints, Ints], ...]
    readable: Mask


def layout_of(schema: AvroSchema, wanted: Sequence[str]) -> Layout | None:
    """Where ``wanted`` are in records of ``schema``; None if another kind of field stands before one of them."""
    fields = read_record(schema).fields
    names = [field.name for field in fields]
    if not set(wanted) <= set(names):
        return None
    places = tuple(names.index(name) for name in wanted)
    leading = fields[: 1 + max(places)]
    if any(field.type.nullable or field.type.kind not in _PASSABLE for field in leading):
        return None
    if any(fields[place].type.kind not in _READABLE for place in places):
        return None
    return Layout(tuple(field.type.kind for field in leading), places)


def layouts(look_up: LookUp, wanted: Sequence[str]) -> WriterSchemas[Layout]:
    """Where ``wanted`` are in a record, by the id of its schema."""
    return WriterSchemas(look_up, lambda schema: layout_of(schema, wanted))


@dataclass(frozen=True, slots=True)
class OneSchema:
    """The records of a buffer that one schema wrote: their places in it, their bytes, and their wanted fields.

    ``fields`` is None if the schema is unknown or has no layout.
    """

    places: Ints
    buffer: Buffer
    fields: Fields | None


def read_by_schema(buffer: Buffer, layouts: WriterSchemas[Layout]) -> Iterator[OneSchema]:
    """The wanted fields of all records, schema by schema."""
    schema_ids = buffer.schema_ids()
    for schema_id in np.unique(schema_ids).tolist():
        places = np.flatnonzero(schema_ids == schema_id)
        layout, some = layouts[schema_id], buffer.take(places)
        yield OneSchema(places, some, None if layout is None else read_fields(some, layout))


def read_fields(buffer: Buffer, layout: Layout) -> Fields:
    """The wanted fields of framed records; a record that ends before its last wanted field is not readable."""
    at = buffer.starts + FRAME_BYTES
    readable = at < buffer.ends
    columns: list[Ints | tuple[Ints, Ints]] = []
    for kind in layout.kinds:
        number, at = _varints(buffer.data, at)
        if kind == "string":
            readable &= (number >= 0) & (number <= buffer.ends - at)
            length = np.where(readable, number, 0)
            columns.append((at, at + length))
            at = at + length
        else:
            columns.append(number)
        readable &= at <= buffer.ends
    return Fields(tuple(columns[place] for place in layout.wanted), readable)


def texts(
    buffer: Buffer, columns: Sequence[Ints | tuple[Ints, Ints]], join: Callable[[tuple[bytes, ...]], bytes]
) -> list[bytes]:
    """The values of the columns as one text for each record."""
    return [join(fields) for fields in zip(*(_column_texts(buffer.data, column) for column in columns), strict=True)]


def _column_texts(data: bytes, column: Ints | tuple[Ints, Ints]) -> list[bytes]:
    if isinstance(column, tuple):
        starts, ends = column
        return [data[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    return [b"%d" % number for number in column.tolist()]


def _varints(data: bytes, at: Ints) -> tuple[Ints, Ints]:
    """The zigzag number at each place, and the place after it; beyond the data it reads zeros."""
    value = np.zeros(len(at), np.uint64)
    end = at.copy()
    going = np.ones(len(at), np.bool_)
    for index in range(_LONGEST_VARINT_BYTES):
        byte = np.where(going, _bytes_at(data, end), 0).astype(np.uint64)
        value |= (byte & np.uint64(0x7F)) << np.uint64(7 * index)
        end += going
        going = byte >= 0x80
        if not going.any():
            break
    return (value >> np.uint64(1)).view(np.int64) ^ -(value & np.uint64(1)).view(np.int64), end


def _bytes_at(data: bytes, at: Ints) -> Ints:
    array = np.frombuffer(data, np.uint8)
    inside = at < len(array)
    return np.where(inside, array[np.where(inside, at, 0)] if len(array) else 0, 0).astype(np.int64)
