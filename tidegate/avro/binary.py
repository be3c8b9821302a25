"""A cursor over one record in Avro's binary encoding, each of whose reads is checked against the record's end.

It refuses what the jobs' cursor (``connectors/…/avro/AvroInput.java``) refuses, with the same code.
Source: Avro 1.12 specification, "Binary encoding".
"""

import struct
from typing import Literal

DecodeCode = Literal[
    "TOMBSTONE",
    "EMPTY_VALUE",
    "BAD_MAGIC",
    "UNKNOWN_SCHEMA",
    "SCHEMA_MISMATCH",
    "TRUNCATED",
    "TRAILING_BYTES",
    "BAD_LENGTH",
    "BAD_UTF8",
    "BAD_UNION_BRANCH",
    "RECORD_TOO_LARGE",
    "BAD_VALUE",
    "NOT_JSON",
    "UNKNOWN_FIELD",
]
"""Why a record can't be decoded: the codes of dead letters of stage decode."""
MAX_NESTED = 64
MAX_EMPTY_ELEMENTS = 100_000
_INT_RANGE = range(-(2**31), 2**31)
_FLOAT, _DOUBLE = struct.Struct("<f"), struct.Struct("<d")
_LAST_SHIFT = 63


class BadRecord(ValueError):  # noqa: N818 - it is no fault of the reader
    """One record can't be decoded; ``code`` says of which kind the cause is."""

    def __init__(self, code: DecodeCode, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    def in_field(self, name: str) -> "BadRecord":
        """The same, told to be within a field."""
        return BadRecord(self.code, f"field {name}: {self.message}")


class Cursor:
    """Where reading has got to in ``data``; no length is honest above ``max_bytes``."""

    __slots__ = ("_at", "_data", "_empty_elements", "_max_bytes", "_nested")

    def __init__(self, data: bytes, at: int, max_bytes: int) -> None:
        self._data = data
        self._at = at
        self._max_bytes = max_bytes
        self._nested = 0
        self._empty_elements = 0

    def left(self) -> int:
        """The bytes that are not read yet."""
        return len(self._data) - self._at

    def take(self, length: int) -> bytes:
        """The next bytes."""
        start = self._at
        end = start + length
        if end > len(self._data):
            raise self._truncated(length)
        self._at = end
        return self._data[start:end]

    def skip(self, length: int) -> None:
        """Passes over bytes."""
        if length > self.left():
            raise self._truncated(length)
        self._at += length

    def read_long(self) -> int:
        """A 64-bit integer."""
        if self._at < len(self._data) and (first := self._data[self._at]) < 0x80:  # nearly all are one byte
            self._at += 1
            return (first >> 1) ^ -(first & 1)
        return self._read_longer()

    def _read_longer(self) -> int:
        zigzag, data, end = 0, self._data, len(self._data)
        for shift in range(0, 64, 7):
            if self._at >= end:
                raise self._truncated(1)
            byte = data[self._at]
            self._at += 1
            zigzag |= (byte & 0x7F) << shift
            if byte < 0x80:
                if shift == _LAST_SHIFT and byte > 1:
                    break
                return (zigzag >> 1) ^ -(zigzag & 1)
        raise BadRecord("BAD_VALUE", "an integer is longer than 64 bits")

    def read_int(self) -> int:
        """A 32-bit integer."""
        value = self.read_long()
        if value not in _INT_RANGE:
            raise BadRecord("BAD_VALUE", f"{value} is no 32-bit integer")
        return value

    def read_boolean(self) -> bool:
        """One byte, 0 or 1."""
        value = self.take(1)[0]
        if value > 1:
            raise BadRecord("BAD_VALUE", f"a boolean is 0 or 1, not {value}")
        return value == 1

    def read_float(self) -> float:
        """Four bytes."""
        return float(_FLOAT.unpack(self.take(_FLOAT.size))[0])

    def read_double(self) -> float:
        """Eight bytes."""
        return float(_DOUBLE.unpack(self.take(_DOUBLE.size))[0])

    def read_length(self) -> int:
        """The length before bytes or a string."""
        length = self.read_long()
        if not 0 <= length <= self._max_bytes:
            raise BadRecord("BAD_LENGTH", f"length {length} is not between 0 and {self._max_bytes}")
        return length

    def read_bytes(self) -> bytes:
        """Bytes behind their length."""
        data, at = self._data, self._at
        if at < len(data) and (first := data[at]) < 0x80 and not first & 1:  # a length of one byte, as most are
            end = at + 1 + (first >> 1)
            if end <= len(data) and first >> 1 <= self._max_bytes:
                self._at = end
                return data[at + 1 : end]
        return self.take(self.read_length())

    def read_string(self) -> str:
        """A string behind its length."""
        try:
            return self.read_bytes().decode()
        except UnicodeDecodeError as error:
            raise BadRecord("BAD_UTF8", str(error.reason)) from error

    def read_branch(self, branches: int) -> int:
        """The number of a union's branch."""
        branch = self.read_long()
        if not 0 <= branch < branches:
            raise BadRecord("BAD_UNION_BRANCH", f"union branch {branch} of {branches}")
        return branch

    def read_block(self, least_bytes: int) -> int:
        """The number of items in the next block of an array or map, each of at least so many bytes; 0 ends it."""
        count = self.read_long()
        if count < 0:
            count = -count
            self.read_length()
        if count > self._max_bytes:
            raise BadRecord("BAD_LENGTH", f"a block of {count} items")
        if count * least_bytes > self.left():
            raise BadRecord("TRUNCATED", f"{count} items of at least {least_bytes} bytes wanted, {self.left()} left")
        if least_bytes == 0:
            self._empty_elements += count
            if self._empty_elements > MAX_EMPTY_ELEMENTS:
                raise BadRecord("BAD_LENGTH", f"more than {MAX_EMPTY_ELEMENTS} items without bytes")
        return count

    def _truncated(self, wanted: int) -> BadRecord:
        return BadRecord("TRUNCATED", f"{wanted} bytes wanted, {self.left()} left")

    def enter(self) -> None:
        """Notes one more level of what is passed over; ``leave`` undoes it."""
        self._nested += 1
        if self._nested > MAX_NESTED:
            raise BadRecord("BAD_VALUE", f"values nested deeper than {MAX_NESTED}")

    def leave(self) -> None:
        """Notes the end of a level."""
        self._nested -= 1
