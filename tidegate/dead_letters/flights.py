"""Entries of letters in flight as bytes, ten times as fast as by a codec: a redrive writes one for each letter. Pure.

Format: Avro 1.12 specification, "Binary encoding", of ``schemas/dead_letter_state/v2.avsc``.
"""

from functools import lru_cache

from tidegate.dead_letters.ledger import Entry

_NULL = b"\0"
_PRESENT = b"\2"
_NO_END = _NULL * 6
"""No outcome, its place, next letter, cause, reason and action."""


def is_flight(entry: Entry, fields: tuple[str, ...]) -> bool:
    """Whether :func:`flight_body` can write it, by a schema of these fields: a folder may have an older version."""
    return entry.copy is not None and entry.plan_id is not None and fields == Entry._fields


def flight_body(entry: Entry) -> bytes:
    """The body of an entry that is in flight, without its frame."""
    letter, source, copy = entry.letter, entry.source, entry.copy
    assert copy is not None and entry.plan_id is not None
    return b"".join(
        (
            _text(entry.dead_letter_id),
            _repeated(entry.dataset),
            _repeated(entry.state),
            _partition(letter.topic, letter.partition),
            _number(letter.offset),
            _partition(source.topic, source.partition),
            _number(source.offset),
            _repeated_number(entry.changed_at),
            _attempt(entry.actor, entry.attempt, entry.plan_id),
            _partition(copy.topic, copy.partition),
            _number(copy.offset),
            _NO_END,
        )
    )


@lru_cache(maxsize=1024)
def _partition(topic: str, partition: int) -> bytes:
    """A place up to its offset."""
    return _text(topic) + _number(partition)


@lru_cache(maxsize=256)
def _attempt(actor: str, attempt: int, plan_id: str) -> bytes:
    """What stands between the time and the copy."""
    return b"".join((_text(actor), _number(attempt), _PRESENT, _text(plan_id), _PRESENT))


def _text(text: str) -> bytes:
    value = text.encode()
    return _number(len(value)) + value


_repeated = lru_cache(maxsize=256)(_text)


def _number(number: int) -> bytes:
    left = number << 1 if number >= 0 else ~(number << 1)
    if left < 1 << 7:
        return _BYTE[left]
    if left < 1 << 14:
        return bytes((left & 0x7F | 0x80, left >> 7))
    if left < 1 << 21:
        return bytes((left & 0x7F | 0x80, left >> 7 & 0x7F | 0x80, left >> 14))
    found = bytearray()
    while left > 0x7F:
        found.append(left & 0x7F | 0x80)
        left >>= 7
    found.append(left)
    return bytes(found)


_repeated_number = lru_cache(maxsize=64)(_number)
_BYTE = tuple(bytes((each,)) for each in range(1 << 7))
