"""Reads chosen fields of many Avro records of one schema at once, whatever stands before and between them.

As :mod:`tidegate.avro.leading_fields`, thousands of records go through numpy together; here unions, arrays and maps are
walked through as well. Format: Avro 1.12 specification, "Binary encoding".
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from tidegate.avro.frame import FRAME_BYTES
from tidegate.avro.leading_fields import Buffer, Ints, Mask, bytes_at, varints
from tidegate.avro.writer_types import WriterType

MAP_KEY, MAP_VALUE = "key", "value"
"""What stands in a path for the names and the values of a map."""
_WIDTHS = {"float": 4, "double": 8}


@dataclass(frozen=True, slots=True)
class Found:
    """The values of one path: ``rows`` are the records that have them, in order; one in an array may be there often.

    ``values`` are the numbers, or where texts and bytes begin; those end at ``ends``, which is None for numbers.
    """

    rows: Ints
    values: Ints
    ends: Ints | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """What was found of each wanted path, and which records could be read to their end."""

    found: dict[str, Found]
    readable: Mask


def read_columns(buffer: Buffer, schema: WriterType, wanted: Collection[str]) -> Columns:
    """The values at the ``wanted`` paths of framed records.

    A path leads through records, arrays and maps (``key`` or ``value`` behind a map's name). A null has no value, and
    a path that the schema lacks none either; but a map has as many values as keys: there a null is an empty text.
    """
    reader = _Reader(buffer, frozenset(wanted))
    rows = np.arange(len(buffer.starts))
    at = reader.read(schema, "", rows, buffer.starts + FRAME_BYTES)
    reader.readable &= at == buffer.ends
    return Columns({path: reader.joined(path) for path in wanted}, reader.readable)


class _Reader:
    """Walks through the records side by side; where one is broken, it is left out from there on."""

    def __init__(self, buffer: Buffer, wanted: frozenset[str]) -> None:
        self.readable = np.ones(len(buffer.starts), np.bool_)
        self._data = buffer.data
        self._ends = buffer.ends
        self._wanted = wanted
        self._pieces: dict[str, list[Found]] = {path: [] for path in wanted}

    def joined(self, path: str) -> Found:
        """All pieces of a path, in the order of the records; an array's in its own."""
        pieces = self._pieces[path] or [Found(np.zeros(0, np.int64), np.zeros(0, np.int64))]
        if len(pieces) == 1:
            return pieces[0]
        rows = np.concatenate([piece.rows for piece in pieces])
        order = np.argsort(rows, kind="stable")
        ends = [piece.ends for piece in pieces if piece.ends is not None]
        values = np.concatenate([piece.values for piece in pieces])
        return Found(rows[order], values[order], np.concatenate(ends)[order] if ends else None)

    def read(self, avro: WriterType, path: str, rows: Ints, at: Ints) -> Ints:
        """Reads a value of each of the records in ``rows``, and returns where each goes on."""
        match avro.kind:
            case "record":
                for name, field in avro.fields:
                    at = self.read(field, f"{path}.{name}" if path else name, rows, at)
                return at
            case "union":
                return self._union(avro, path, rows, at)
            case "array" | "map":
                return self._blocks(avro, path, rows, at)
            case "string" | "bytes":
                return self._text(path, rows, at)
            case kind:
                return self._scalar(kind, avro.size, path, rows, at)

    def _scalar(self, kind: str, size: int, path: str, rows: Ints, at: Ints) -> Ints:
        if kind == "null":
            return at
        if kind in ("float", "double", "fixed"):
            return self._checked(rows, at + _WIDTHS.get(kind, size))
        if kind == "boolean":
            number, after = bytes_at(self._data, at), at + 1
        else:
            number, after = varints(self._data, at)
        self._keep(path, rows, number)
        return self._checked(rows, after)

    def _text(self, path: str, rows: Ints, at: Ints) -> Ints:
        length, start = varints(self._data, at)
        ends = self._ends[rows]
        sound = (length >= 0) & (start <= ends) & (length <= ends - start)
        self.readable[rows[~sound]] = False
        start = np.where(sound, start, ends)
        end = np.where(sound, start + length, ends)
        self._keep(path, rows, start, end)
        return end

    def _union(self, avro: WriterType, path: str, rows: Ints, at: Ints) -> Ints:
        branch, at = varints(self._data, at)
        at = self._checked(rows, at)
        self.readable[rows[(branch < 0) | (branch >= len(avro.branches))]] = False
        for number, each in enumerate(avro.branches):
            mine = np.flatnonzero(branch == number)
            if len(mine) and each.kind != "null":
                at[mine] = self.read(each, path, rows[mine], at[mine])
            elif path.endswith(f".{MAP_VALUE}"):
                self._keep(path, rows[mine], at[mine], at[mine])
        return at

    def _blocks(self, avro: WriterType, path: str, rows: Ints, at: Ints) -> Ints:
        """Block after block, and in each item after item, of those records that have one more."""
        at = at.copy()
        going = np.flatnonzero(self.readable[rows])
        while len(going):
            count = self._block_size(rows, at, going)
            going, left = going[count > 0], count[count > 0]
            left_of = going
            while len(left_of):
                at[left_of] = self._item(avro, path, rows[left_of], at[left_of])
                left = left - 1
                more = (left > 0) & self.readable[rows[left_of]]
                left, left_of = left[more], left_of[more]
            going = going[self.readable[rows[going]]]
        return at

    def _item(self, avro: WriterType, path: str, rows: Ints, at: Ints) -> Ints:
        if avro.kind == "map":
            at = self._text(f"{path}.{MAP_KEY}", rows, at)
            return self.read(avro.element, f"{path}.{MAP_VALUE}", rows, at)
        return self.read(avro.element, path, rows, at)

    def _block_size(self, rows: Ints, at: Ints, going: Ints) -> Ints:
        """The number of items in each one's next block; 0 where there is none or it can't be right."""
        count, after = varints(self._data, at[going])
        sized = np.flatnonzero(count < 0)  # such a block tells its bytes too
        if len(sized):
            count[sized] = -count[sized]
            _, after[sized] = varints(self._data, after[sized])
        at[going] = self._checked(rows[going], after)
        wrong = (count < 0) | (count > self._ends[rows[going]] - at[going])
        self.readable[rows[going][wrong]] = False
        return np.where(self.readable[rows[going]], count, 0)

    def _checked(self, rows: Ints, at: Ints) -> Ints:
        ends = self._ends[rows]
        self.readable[rows[at > ends]] = False
        return np.minimum(at, ends)

    def _keep(self, path: str, rows: Ints, values: Ints, ends: Ints | None = None) -> None:
        if path in self._wanted:
            self._pieces[path].append(Found(rows, values, ends))
