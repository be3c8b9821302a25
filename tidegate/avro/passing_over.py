"""Passes over values of any Avro type: structure is checked, the text of strings and the symbols of enums are not."""

from collections.abc import Callable

from tidegate.avro.binary import Cursor
from tidegate.avro.writer_types import WriterType

Pass = Callable[[Cursor], object]
_PLAIN: dict[str, Pass] = {
    "null": lambda cursor: None,
    "boolean": Cursor.read_boolean,
    "int": Cursor.read_int,
    "enum": Cursor.read_int,
    "long": Cursor.read_long,
    "float": lambda cursor: cursor.skip(4),
    "double": lambda cursor: cursor.skip(8),
    "string": lambda cursor: cursor.skip(cursor.read_length()),
    "bytes": lambda cursor: cursor.skip(cursor.read_length()),
}
_LEAST_BYTES = {"null": 0, "float": 4, "double": 8}


def least_bytes(avro: WriterType) -> int:
    """A lower bound for the bytes of one value; 0 only for values that may take none."""
    match avro.kind:
        case "fixed":
            return avro.size
        case "record":
            return 1 if any(_is_stored(each) for _, each in avro.fields) else 0
        case kind:
            return _LEAST_BYTES.get(kind, 1)


def passing(avro: WriterType) -> Pass:
    """What reads one value and forgets it."""
    return _Compiler().compile(avro)


def _is_stored(avro: WriterType) -> bool:
    return avro.kind not in ("null", "record") and least_bytes(avro) > 0


class _Compiler:
    """Makes one function for each type; a recursive record's is made once."""

    def __init__(self) -> None:
        self._records: dict[int, Pass] = {}

    def compile(self, avro: WriterType) -> Pass:
        match avro.kind:
            case "fixed":
                return lambda cursor: cursor.skip(avro.size)
            case "union":
                return self._union(avro)
            case "array":
                return _blocks(least_bytes(avro.element), self.compile(avro.element))
            case "map":
                return self._map(avro)
            case "record":
                return self._record(avro)
            case kind:
                return _PLAIN[kind]

    def _union(self, avro: WriterType) -> Pass:
        branches = [self.compile(branch) for branch in avro.branches]
        return lambda cursor: branches[cursor.read_branch(len(branches))](cursor)

    def _map(self, avro: WriterType) -> Pass:
        value = self.compile(avro.element)

        def entry(cursor: Cursor) -> None:
            cursor.skip(cursor.read_length())
            value(cursor)

        return _blocks(1, entry)

    def _record(self, avro: WriterType) -> Pass:
        if known := self._records.get(id(avro)):
            return known
        fields: list[Pass] = []

        def record(cursor: Cursor) -> None:
            cursor.enter()
            for read in fields:
                read(cursor)
            cursor.leave()

        self._records[id(avro)] = record
        fields += [self.compile(each) for _, each in avro.fields]
        return record


def _blocks(item_bytes: int, item: Pass) -> Pass:
    def blocks(cursor: Cursor) -> None:
        cursor.enter()
        while count := cursor.read_block(item_bytes):
            for _ in range(count):
                item(cursor)
        cursor.leave()

    return blocks
