"""Reads a record by the schema that it was written with, as far as it goes: all fields, values as they are stored.

A time is its number, a decimal a ``Decimal``, an enum its symbol, a fixed its bytes: as fastavro writes them again.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tidegate.avro.binary import BadRecord, Cursor
from tidegate.avro.passing_over import least_bytes
from tidegate.avro.writer_types import WriterType

Read = Callable[[Cursor], Any]
_PLAIN: dict[str, Read] = {
    "null": lambda cursor: None,
    "boolean": Cursor.read_boolean,
    "int": Cursor.read_int,
    "long": Cursor.read_long,
    "float": Cursor.read_float,
    "double": Cursor.read_double,
    "string": Cursor.read_string,
    "bytes": Cursor.read_bytes,
}


class WrittenReader:
    """Reads records of one schema."""

    def __init__(self, writer: WriterType) -> None:
        compiler = _Compiler()
        self._fields = [(name, compiler.compile(each)) for name, each in writer.fields]

    def read(self, cursor: Cursor) -> tuple[dict[str, Any], BadRecord | None]:
        """The fields up to the first that can't be read, and why it can't; None where all of them could.

        What is behind the last field is left to the caller: ``cursor`` stands there.
        """
        record: dict[str, Any] = {}
        for name, read in self._fields:
            try:
                record[name] = read(cursor)
            except BadRecord as error:
                return record, error.in_field(name)
        return record, None


class _Compiler:
    """Makes one function for each type; a recursive record's is made once."""

    def __init__(self) -> None:
        self._records: dict[int, Read] = {}

    def compile(self, avro: WriterType) -> Read:
        match avro.kind:
            case "union":
                branches = [self.compile(branch) for branch in avro.branches]
                return lambda cursor: branches[cursor.read_branch(len(branches))](cursor)
            case "array":
                return _array(least_bytes(avro.element), self.compile(avro.element))
            case "map":
                return _map(self.compile(avro.element))
            case "record":
                return self._record(avro)
            case _:
                return _scalar(avro)

    def _record(self, avro: WriterType) -> Read:
        if known := self._records.get(id(avro)):
            return known
        fields: list[tuple[str, Read]] = []

        def record(cursor: Cursor) -> dict[str, Any]:
            cursor.enter()
            values = {name: read(cursor) for name, read in fields}
            cursor.leave()
            return values

        self._records[id(avro)] = record
        fields += [(name, self.compile(each)) for name, each in avro.fields]
        return record


def _scalar(avro: WriterType) -> Read:
    if avro.kind == "enum":
        return _enum(avro.symbols)
    read: Read = (lambda cursor: cursor.take(avro.size)) if avro.kind == "fixed" else _PLAIN[avro.kind]
    if avro.logical == "decimal" and avro.scale is not None and avro.kind in ("bytes", "fixed"):
        scale = avro.scale
        return lambda cursor: Decimal(int.from_bytes(read(cursor), "big", signed=True)).scaleb(-scale)
    return read


def _enum(symbols: tuple[str, ...]) -> Read:
    def enum(cursor: Cursor) -> str:
        number = cursor.read_int()
        if not 0 <= number < len(symbols):
            raise BadRecord("BAD_VALUE", f"symbol {number} of an enum of {len(symbols)}")
        return symbols[number]

    return enum


def _array(item_bytes: int, item: Read) -> Read:
    def array(cursor: Cursor) -> list[Any]:
        cursor.enter()
        items: list[Any] = []
        while count := cursor.read_block(item_bytes):
            items += [item(cursor) for _ in range(count)]
        cursor.leave()
        return items

    return array


def _map(value: Read) -> Read:
    def entries(cursor: Cursor) -> dict[str, Any]:
        cursor.enter()
        found: dict[str, Any] = {}
        while count := cursor.read_block(1):
            for _ in range(count):
                key = cursor.read_string()
                found[key] = value(cursor)
        cursor.leave()
        return found

    return entries
