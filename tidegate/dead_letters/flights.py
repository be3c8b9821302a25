"""Entries of letters in flight as bytes, ten times as fast as by a codec: a redrive writes one for each letter. Pure.

Format: Avro 1.12 specification, "Binary encoding", of ``schemas/dead_letter_state/v2.avsc``.
"""

from collections.abc import Sequence
from functools import lru_cache

from tidegate.dead_letters.ledger import Entry, Place

_NULL = b"\0"
_PRESENT = b"\2"
_NO_END = _NULL * 6
"""No outcome, its place, next letter, cause, reason and action."""


def is_flight(entry: Entry, fields: Sequence[str]) -> bool:
    """Whether :func:`flight_body` can write it, by a schema of these fields: a folder may have an older version."""
    return entry.copy is not None and entry.plan_id is not None and tuple(fields) == Entry._fields


def flight_body(entry: Entry) -> bytes:
    """The body of an entry that is in flight, without its frame."""
    assert entry.copy is not None and entry.plan_id is not None
    return b"".join(
        (
            _text(entry.dead_letter_id),
            _repeated(entry.dataset),
            _repeated(entry.state.value),
            _place(entry.letter),
            _place(entry.source),
            _repeated_number(entry.changed_at),
            _repeated(entry.actor),
            _number(entry.attempt),
            _PRESENT,
            _repeated(entry.plan_id),
            _PRESENT,
            _place(entry.copy),
            _NO_END,
        )
    )


def _place(place: Place) -> bytes:
    return _repeated(place.topic) + _number(place.partition) + _number(place.offset)


def _text(text: str) -> bytes:
    value = text.encode()
    return _number(len(value)) + value


@lru_cache(maxsize=256)
def _repeated(text: str) -> bytes:
    return _text(text)


@lru_cache(maxsize=64)
def _repeated_number(number: int) -> bytes:
    return _number(number)


def _number(number: int) -> bytes:
    if 0 <= number < _SMALL_END:
        return _SMALL[number]
    return _zigzag(number)


def _zigzag(number: int) -> bytes:
    left = number << 1 if number >= 0 else ~(number << 1)
    found = bytearray()
    while left > 0x7F:
        found.append(left & 0x7F | 0x80)
        left >>= 7
    found.append(left)
    return bytes(found)


_SMALL_END = 1024
_SMALL = tuple(map(_zigzag, range(_SMALL_END)))
"""What is written over and over: partitions, lengths, attempts."""
