"""Every way to break a click, each with the error code its dead letter must carry."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from producers.avro import Encoder, frame
from producers.clicks_layout import ID_AT, ID_LENGTH_AT, TIME_AT, USER_AT
from tidegate.contracts.model import Rule

Damage = Callable[[bytes, np.random.Generator], bytes | None]
Record = dict[str, object]

_UNKNOWN_SCHEMA_ID = 2_147_000_000
_LENGTH_2_31 = b"\x80\x80\x80\x80\x10"
_UNION_BRANCH_63 = b"\x7e"
_ABSURD_TIMES_MS = (0, 7_258_118_400_000, 253_402_300_800_000, 2**62)


class Poisoned(NamedTuple):
    """A damaged record: how, what must be said about it, and its bytes (None: a tombstone)."""

    name: str
    error_code: str
    value: bytes | None


BREAKS: Mapping[str, Mapping[str, object]] = {
    "event_id_is_uuid": {"event_id": "no-uuid"},
    "known_event_type": {"event_type": "hover"},
    "quantity_is_positive": {"quantity": 0},
    "price_is_not_negative": {"unit_price": Decimal("-1.00")},
    "purchase_is_complete": {"event_type": "purchase", "product_id": None},
}
"""What breaks a reject rule of the contract; a rule that is not here is not broken on purpose."""


class Poison:
    """Damages clicks, in turn by every kind of damage."""

    def __init__(self, encoder: Encoder, reject_rules: Iterable[Rule]) -> None:
        self._kinds = [*_KINDS]
        self._kinds += [
            (f"rule_{rule.name}", "RULE_VIOLATED", _breaking(encoder, BREAKS[rule.name]))
            for rule in reject_rules
            if rule.name in BREAKS
        ]
        self._next = 0

    @property
    def kinds(self) -> dict[str, str]:
        """All kinds of damage with their error codes."""
        return {name: code for name, code, _ in self._kinds}

    def spoil(self, good: bytes, rng: np.random.Generator) -> Poisoned:
        """``good``, damaged by the kind whose turn it is."""
        name, code, damage = self._kinds[self._next % len(self._kinds)]
        self._next += 1
        return Poisoned(name, code, damage(good, rng))


def _breaking(encoder: Encoder, fields: Mapping[str, object]) -> Damage:
    def damage(good: bytes, rng: np.random.Generator) -> bytes:
        return encoder.encode(encoder.decode(good) | dict(fields))

    return damage


def _empty(good: bytes, rng: np.random.Generator) -> bytes:
    return b""


def _tombstone(good: bytes, rng: np.random.Generator) -> None:
    return None


def _wrong_magic(good: bytes, rng: np.random.Generator) -> bytes:
    return bytes([int(rng.integers(1, 256))]) + good[1:]


def _unknown_schema(good: bytes, rng: np.random.Generator) -> bytes:
    return frame(_UNKNOWN_SCHEMA_ID) + good[ID_LENGTH_AT:]


def _truncated(good: bytes, rng: np.random.Generator) -> bytes:
    return good[: int(rng.integers(ID_LENGTH_AT, len(good)))]


def _trailing(good: bytes, rng: np.random.Generator) -> bytes:
    return good + rng.bytes(int(rng.integers(1, 20)))


def _length_prefix(good: bytes, rng: np.random.Generator) -> bytes:
    return good[:ID_LENGTH_AT] + _LENGTH_2_31 + good[ID_AT:]


def _bad_utf8(good: bytes, rng: np.random.Generator) -> bytes:
    place = int(rng.integers(ID_AT, TIME_AT))
    return good[:place] + b"\xff" + good[place + 1 :]


def _union_branch(good: bytes, rng: np.random.Generator) -> bytes:
    return good[:USER_AT] + _UNION_BRANCH_63 + good[USER_AT + 1 :]


def _absurd_time(good: bytes, rng: np.random.Generator) -> bytes:
    time_ms = _ABSURD_TIMES_MS[int(rng.integers(len(_ABSURD_TIMES_MS)))]
    return good[:TIME_AT] + _zigzag_varint(time_ms) + good[USER_AT:]


def _random_bytes(good: bytes, rng: np.random.Generator) -> bytes:
    """Noise whose first byte is not the framing's zero: whatever follows, it is no record."""
    return _wrong_magic(rng.bytes(int(rng.integers(8, 400))), rng)


def _zigzag_varint(number: int) -> bytes:
    rest = number << 1 if number >= 0 else ~(number << 1)
    encoded = bytearray()
    while rest > 0x7F:
        encoded.append(rest & 0x7F | 0x80)
        rest >>= 7
    encoded.append(rest)
    return bytes(encoded)


_KINDS: tuple[tuple[str, str, Damage], ...] = (
    ("empty_value", "EMPTY_VALUE", _empty),
    ("tombstone", "TOMBSTONE", _tombstone),
    ("wrong_magic", "BAD_MAGIC", _wrong_magic),
    ("unknown_schema", "UNKNOWN_SCHEMA", _unknown_schema),
    ("truncated", "TRUNCATED", _truncated),
    ("trailing_bytes", "TRAILING_BYTES", _trailing),
    ("length_prefix", "BAD_LENGTH", _length_prefix),
    ("bad_utf8", "BAD_UTF8", _bad_utf8),
    ("union_branch", "BAD_UNION_BRANCH", _union_branch),
    ("absurd_time", "EVENT_TIME_OUT_OF_RANGE", _absurd_time),
    ("random_bytes", "BAD_MAGIC", _random_bytes),
)
