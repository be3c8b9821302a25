"""Reads an Avro record as far as it goes: for people who look at a broken one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tidegate.avro.binary import BadRecord, Cursor
from tidegate.avro.writer_types import WriterType

_MOST_ITEMS = 1000


@dataclass(slots=True)
class Partial:
    """The fields that could be read, by the writer's names, with values as they are stored.

    ``read_bytes``: how many bytes these took; ``problem``: why it did not go on, None if it was read to its end.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    read_bytes: int = 0
    problem: BadRecord | None = None


def read_partial(body: bytes, start: int, writer: WriterType, max_bytes: int) -> Partial:
    """The record that begins at ``start``."""
    reader = _Reader(Cursor(body, start, max_bytes), len(body))
    found = Partial(read_bytes=start)
    try:
        reader.record(writer, found.fields)
        if reader.cursor.left():
            raise BadRecord("TRAILING_BYTES", f"{reader.cursor.left()} bytes after the last field")
    except BadRecord as problem:
        found.problem = problem
    except RecursionError:
        found.problem = BadRecord("BAD_VALUE", "values nested too deep")
    found.read_bytes = reader.read_to
    return found


class _Reader:
    """Puts each value where it belongs as soon as it is read, so that what was read is there when the next fails."""

    def __init__(self, cursor: Cursor, size: int) -> None:
        self.cursor = cursor
        self.read_to = size - cursor.left()
        self._size = size

    def record(self, writer: WriterType, into: dict[str, Any]) -> None:
        for name, avro in writer.fields:
            try:
                if avro.kind == "record":
                    into[name] = {}
                    self.record(avro, into[name])
                else:
                    into[name] = self._value(avro)
            except BadRecord as problem:
                raise problem.in_field(name) from problem
            self.read_to = self._size - self.cursor.left()

    def _value(self, avro: WriterType) -> Any:
        match avro.kind:
            case "record":
                inner: dict[str, Any] = {}
                self.record(avro, inner)
                return inner
            case "union":
                return self._value(avro.branches[self.cursor.read_branch(len(avro.branches))])
            case "array":
                return [self._value(avro.element) for _ in self._items()]
            case "map":
                return {self.cursor.read_string(): self._value(avro.element) for _ in self._items()}
            case "enum":
                number = self.cursor.read_int()
                return avro.symbols[number] if 0 <= number < len(avro.symbols) else number
            case kind:
                return self._scalar(kind, avro.size)

    def _items(self) -> Any:
        left = _MOST_ITEMS
        while count := self.cursor.read_block(1):
            left -= count
            if left < 0:
                raise BadRecord("BAD_LENGTH", f"more than {_MOST_ITEMS} items are not shown")
            yield from range(count)

    def _scalar(self, kind: str, size: int) -> Any:
        cursor = self.cursor
        reads: dict[str, Callable[[], Any]] = {
            "null": lambda: None,
            "boolean": cursor.read_boolean,
            "int": cursor.read_int,
            "long": cursor.read_long,
            "float": cursor.read_float,
            "double": cursor.read_double,
            "bytes": cursor.read_bytes,
            "string": cursor.read_string,
            "fixed": lambda: cursor.take(size),
        }
        return reads[kind]()
