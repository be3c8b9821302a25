"""Reads what any writer wrote as the contract's record: Avro's schema resolution, decided once for a pair of schemas.

The rules are those of the jobs' decoder (``connectors/…/avro/ReaderCompiler.java``), which decides what becomes a row:
a record is read here if and only if it is read there, and as the same values. All fields of the contract are read.
Source: Avro 1.12 specification, "Schema Resolution". Stricter where a value would get another meaning: logical types
must agree, a text is no decimal. More lenient where a foreign schema has what no column has: an enum is read as the
text of its symbol, whatever symbols the contract lists; a fixed as its bytes, or as a decimal or the text of a uuid.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from tidegate.avro.binary import BadRecord, Cursor
from tidegate.avro.logical_types import UUID_BYTES
from tidegate.avro.passing_over import least_bytes, passing
from tidegate.avro.types import AvroType, Field, Kind, field_sources, unqualified
from tidegate.avro.writer_types import WriterType

Read = Callable[[Cursor], Any]
"""Reads one value: text, number, bool, bytes, list, dict or None.

A timestamp is its number, a date the number of its day, a decimal its digits without the point.
"""
_FLOAT_BITS = 24
_STORED_AS: Mapping[Kind, str] = {
    "timestamp-millis": "long",
    "timestamp-micros": "long",
    "date": "int",
    "decimal": "bytes",
}
_READS: Mapping[str, frozenset[str]] = {
    "long": frozenset({"int", "long"}),
    "float": frozenset({"int", "long", "float"}),
    "double": frozenset({"int", "long", "float", "double"}),
    "string": frozenset({"string", "bytes", "enum", "fixed"}),
    "bytes": frozenset({"bytes", "string", "fixed"}),
}


def resolve(writer: WriterType, reader: AvroType) -> Read:
    """What reads a record of ``writer`` as a dict with the fields of ``reader``, by name.

    Raises:
        BadRecord: SCHEMA_MISMATCH, where records of the writer can't be read so.
    """
    if writer.kind != "record":
        raise _mismatch(f"the writer's schema is {writer.kind}, not a record")
    return _value(writer, reader)


def sources(writer: WriterType, reader: AvroType) -> dict[str, str]:
    """The name as written of each field of ``reader`` that is written."""
    return field_sources({name for name, _ in writer.fields}, reader)


def _value(writer: WriterType, reader: AvroType) -> Read:
    if writer.kind == "union":
        return _union(writer, reader)
    if writer.kind == "null":
        if not reader.nullable:
            raise _mismatch("null is written where the contract allows none")
        return lambda cursor: None
    stored = _STORED_AS.get(reader.kind, reader.kind)
    if writer.kind not in _READS.get(stored, frozenset({stored})):
        raise _mismatch(f"{writer.kind} is written where the contract has {reader.kind}")
    _require_same_meaning(writer, reader)
    match reader.kind:
        case "record":
            return _record(writer, reader)
        case "array":
            return _array(least_bytes(writer.element), _value(writer.element, reader.element))
        case "map":
            return _map(_value(writer.element, reader.element))
        case _:
            return _scalar(writer, reader)


def _union(writer: WriterType, reader: AvroType) -> Read:
    """A null where the contract allows none is the fault of the records that have one, not of all that could."""
    only_null = len(writer.branches) == 1
    branches = [
        _refuse_null if branch.kind == "null" and not only_null and not reader.nullable else _value(branch, reader)
        for branch in writer.branches
    ]
    return lambda cursor: branches[cursor.read_branch(len(branches))](cursor)


def _refuse_null(_: Cursor) -> Any:
    raise BadRecord("BAD_VALUE", "null, which the contract does not allow")


def _require_same_meaning(writer: WriterType, reader: AvroType) -> None:
    """Avro resolves by the stored type alone, which would read cents as euros and microseconds as milliseconds."""
    wanted = reader.kind if reader.kind in _STORED_AS else None
    clash = writer.logical is not None and wanted is not None and writer.logical != wanted
    if reader.kind == "decimal":
        clash |= writer.kind not in ("bytes", "fixed") or (writer.logical == "decimal" and writer.scale != reader.scale)
    if reader.kind == "string":
        clash |= writer.kind == "bytes" and writer.logical == "decimal"
        clash |= writer.kind == "fixed" and not _is_uuid(writer)
    if clash:
        raise _mismatch(
            f"the writer's {writer.kind} {writer.logical} means something else than {wanted or reader.kind}"
        )


def _is_uuid(writer: WriterType) -> bool:
    return writer.logical == "uuid" and writer.size == UUID_BYTES


def _record(writer: WriterType, reader: AvroType) -> Read:
    if writer.name not in {unqualified(reader.name), *map(unqualified, reader.aliases)}:
        raise _mismatch(f"record {writer.name} is written where the contract has {reader.name}")
    wanted = {source: name for name, source in sources(writer, reader).items()}
    types = {field.name: field.type for field in reader.fields}
    plan: list[tuple[str | None, Read]] = []
    for written, avro in writer.fields:
        name = wanted.get(written)
        plan.append((name, passing(avro) if name is None else _in_field(written, avro, types[name])))
    defaults = dict(_defaults(reader, set(wanted.values())))

    def record(cursor: Cursor) -> dict[str, Any]:
        row = defaults.copy()
        for name, read in plan:
            value = read(cursor)
            if name is not None:
                row[name] = value
        return row

    return record


def _in_field(name: str, writer: WriterType, reader: AvroType) -> Read:
    try:
        return _value(writer, reader)
    except BadRecord as mismatch:
        raise mismatch.in_field(name) from mismatch


def _defaults(reader: AvroType, written: set[str]) -> Iterator[tuple[str, Any]]:
    for field in reader.fields:
        if field.name not in written:
            if not field.has_default:
                raise _mismatch(f"field {field.name} is not written and has no default")
            yield field.name, _default(field.default, field.type)


def _default(default: Any, avro: AvroType) -> Any:
    """A default as the value it stands for; JSON has no bytes, so Avro spells them as text."""
    if default is None:
        return None
    if avro.kind in ("bytes", "decimal") or avro.stored == "fixed":
        return _default_of_bytes(str(default).encode("latin-1"), avro)
    match avro.kind:
        case "float" | "double":
            return float(default)
        case "array":
            return [_default(item, avro.element) for item in default]
        case "map":
            return {key: _default(value, avro.element) for key, value in default.items()}
        case "record":
            return {each.name: _field_default(default, each) for each in avro.fields}
        case _:
            return default


def _default_of_bytes(default: bytes, avro: AvroType) -> Any:
    match avro.kind:
        case "decimal":
            return int.from_bytes(default, "big", signed=True)
        case "string":
            return str(UUID(bytes=default))
        case _:
            return default


def _field_default(record: Mapping[str, Any], field: Field) -> Any:
    return _default(record.get(field.name, field.default), field.type)


def _array(item_bytes: int, item: Read) -> Read:
    def array(cursor: Cursor) -> list[Any]:
        items: list[Any] = []
        while count := cursor.read_block(item_bytes):
            items += [item(cursor) for _ in range(count)]
        return items

    return array


def _map(value: Read) -> Read:
    def read_map(cursor: Cursor) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        while count := cursor.read_block(1):
            for _ in range(count):
                key = cursor.read_string()
                entries[key] = value(cursor)
        return entries

    return read_map


def _scalar(writer: WriterType, reader: AvroType) -> Read:
    match reader.kind:
        case "decimal":
            return _decimal(10**reader.precision, _bytes(writer))
        case "boolean":
            return Cursor.read_boolean
        case "string":
            return _text(writer)
        case "bytes":
            return _bytes(writer)
        case "float":
            return _floats(writer.kind)
        case "double":
            return _doubles(writer.kind)
        case _:
            return Cursor.read_int if writer.kind == "int" else Cursor.read_long


def _text(writer: WriterType) -> Read:
    match writer.kind:
        case "enum":
            return _symbol(writer.symbols)
        case "fixed":
            return lambda cursor: str(UUID(bytes=cursor.take(UUID_BYTES)))
        case _:
            return Cursor.read_string


def _symbol(symbols: tuple[str, ...]) -> Read:
    def symbol(cursor: Cursor) -> str:
        place = cursor.read_int()
        if not 0 <= place < len(symbols):
            raise BadRecord("BAD_VALUE", f"symbol {place} of {len(symbols)}")
        return symbols[place]

    return symbol


def _bytes(writer: WriterType) -> Callable[[Cursor], bytes]:
    return (lambda cursor: cursor.take(writer.size)) if writer.kind == "fixed" else Cursor.read_bytes


def _floats(written: str) -> Read:
    match written:
        case "float":
            return Cursor.read_float
        case "int":
            return lambda cursor: nearest_float(cursor.read_int())
        case _:
            return lambda cursor: nearest_float(cursor.read_long())


def nearest_float(number: int) -> float:
    """As Java casts a whole number to float, of 24 bits: the nearest one, of two the even; numpy is slow to import."""
    lost = max(0, abs(number).bit_length() - _FLOAT_BITS)
    kept, rest = divmod(abs(number), 1 << lost)
    half = 1 << lost >> 1
    kept += rest > half or (lost > 0 and rest == half and kept % 2 == 1)
    return math.copysign(kept << lost, number)


def _doubles(written: str) -> Read:
    match written:
        case "float":
            return Cursor.read_float
        case "double":
            return Cursor.read_double
        case "int":
            return lambda cursor: float(cursor.read_int())
        case _:
            return lambda cursor: float(cursor.read_long())


def _decimal(bound: int, read_bytes: Callable[[Cursor], bytes]) -> Read:
    def decimal(cursor: Cursor) -> int:
        digits = read_bytes(cursor)
        if not digits:
            raise BadRecord("BAD_VALUE", "a decimal of zero bytes")
        unscaled = int.from_bytes(digits, "big", signed=True)
        if not -bound < unscaled < bound:
            raise BadRecord("BAD_VALUE", "a decimal of too many digits")
        return unscaled

    return decimal


def _mismatch(message: str) -> BadRecord:
    return BadRecord("SCHEMA_MISMATCH", message)
