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
from tidegate.avro.resolution import sources
from tidegate.avro.types import AvroSchema, AvroType, Kind
from tidegate.avro.writer_types import WriterSchemaError, WriterType, read_writer_type

_LONGEST_VARINT_BYTES = 10
_NUMBERS = frozenset({"int", "long"})
_PASSABLE = {"string": "string", "bytes": "string", "int": "int", "enum": "int", "long": "long"}
"""Kinds that may stand before a wanted field, and as what they are passed over."""
_MEANINGS = frozenset({"timestamp-millis", "timestamp-micros", "date"})
"""Logical types whose values have another text than their number when they are decoded."""
_DEEPEST = 5
"""Records within records that are looked into; a record in deeper ones is decoded whole."""
_NOTHING = AvroType("record")
Ints = NDArray[np.int64]
Octets = NDArray[np.uint8]
_OF_ONE_BYTE = np.array([number >> 1 ^ -(number & 1) for number in range(1 << 8)], np.int64)
"""The numbers that are written in one byte; from 128 on there are more bytes to come."""
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Layout:
    """The leading fields of a schema up to the last wanted one: their kinds, and the places of the wanted ones."""

    kinds: tuple[str, ...]
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
        frames = bytes_at(self.data, self.starts[:, None] + np.arange(FRAME_BYTES))
        ids = frames[:, 1:] @ np.array([1 << 24, 1 << 16, 1 << 8, 1], np.int64)
        return np.where(framed & (frames[:, 0] == 0) & (ids > 0) & (ids <= MAX_SCHEMA_ID), ids, NO_SCHEMA_ID)


@dataclass(frozen=True, slots=True)
class Fields:
    """The wanted fields of each record, in order: numbers as arrays, strings as (starts, ends) in the buffer."""

    columns: tuple[Ints | tuple[Ints, Ints], ...]
    readable: Mask


def layout_of(schema: AvroSchema, wanted: Sequence[str], contract: AvroType | None = None) -> Layout | None:
    """Where ``wanted`` are in records of ``schema``; None if another kind of field stands before one of them.

    ``contract``: what the records are read as, if they may be written with another schema: the names, or paths into
    records within the record, are its own.
    """
    try:
        writer = read_writer_type(schema)
    except WriterSchemaError:
        return None
    fields = [*_flat(writer, contract)]
    paths = [field.path for field in fields]
    if not set(wanted) <= set(paths):
        return None
    places = tuple(paths.index(name) for name in wanted)
    leading = fields[: 1 + max(places)]
    if any(each.written.kind not in _PASSABLE for each in leading):
        return None
    if not all(_has_text(fields[place]) for place in places):
        return None
    return Layout(tuple(_PASSABLE[each.written.kind] for each in leading), places)


@dataclass(frozen=True, slots=True)
class _Field:
    """A field as it is written, what it is read as (None: no matter what), and its path there; "" if it is not read."""

    written: WriterType
    read: Kind | None
    path: str


def _flat(writer: WriterType, contract: AvroType | None, before: str = "", depth: int = 0) -> Iterator[_Field]:
    """The fields in the order of their bytes; those of a record that is always there in its place."""
    read_as = None if contract is None else {source: name for name, source in sources(writer, contract).items()}
    types = {} if contract is None else {field.name: field.type for field in contract.fields}
    for written, avro in writer.fields:
        name = written if read_as is None else read_as.get(written, "")
        reader = types.get(name)
        path = f"{before}{name}" if name else ""
        if avro.kind == "record" and depth < _DEEPEST:
            inner = reader if reader is not None and reader.kind == "record" else _NOTHING
            yield from _flat(avro, None if contract is None else inner, f"{path}.", depth + 1)
        else:
            yield _Field(avro, None if reader is None else reader.kind, path)


def _has_text(field: _Field) -> bool:
    """Whether the bytes of a field tell its value's text."""
    written = field.written
    if field.read is None:
        return written.kind in _NUMBERS | {"string"} and written.logical not in _MEANINGS
    return written.kind == field.read == "string" or (written.kind in _NUMBERS and field.read in _NUMBERS)


def layouts(look_up: LookUp, wanted: Sequence[str], contract: AvroType | None = None) -> WriterSchemas[Layout]:
    """Where ``wanted`` are in a record, by the id of its schema."""
    return WriterSchemas(look_up, lambda schema: layout_of(schema, wanted, contract))


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
        number, at = varints(buffer.data, at)
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


def varints(data: bytes, at: Ints) -> tuple[Ints, Ints]:
    """The zigzag number at each place, and the place after it; beyond the data it reads zeros."""
    first = _octets_at(data, at)
    value, end = _OF_ONE_BYTE.take(first), at + 1
    going = np.flatnonzero(first >= 0x80)  # most numbers end with their first byte
    if len(going):
        longer, after = _longer_varints(data, at[going], first[going])
        value[going], end[going] = longer, after
    return value, end


def _longer_varints(data: bytes, at: Ints, first: Octets) -> tuple[Ints, Ints]:
    """The same of numbers of two bytes and more."""
    value, end = (first & 0x7F).astype(np.int64), at + 1
    going = np.arange(len(at))
    for index in range(1, _LONGEST_VARINT_BYTES):
        byte = _octets_at(data, end[going])
        value[going] |= (byte & 0x7F).astype(np.int64) << (7 * index)
        end[going] += 1
        going = going[byte >= 0x80]
        if not len(going):
            break
    return (value.view(np.uint64) >> np.uint64(1)).view(np.int64) ^ -(value & 1), end


def bytes_at(data: bytes, at: Ints) -> Ints:
    """The byte at each place; zeros beyond the data."""
    return _octets_at(data, at).astype(np.int64)


def _octets_at(data: bytes, at: Ints) -> Octets:
    array = np.frombuffer(data, np.uint8)
    if not len(array):
        return np.zeros(at.shape, np.uint8)
    found = array.take(at, mode="clip")
    if at.size and at.max() >= len(array):
        found[at >= len(array)] = 0
    return found
