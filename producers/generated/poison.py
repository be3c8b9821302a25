"""Ways to break a record of any dataset, each with the error code its dead letter must carry."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from producers.sending.encoding import RecordEncoder
from tidegate.avro.frame import FRAME_BYTES, body_of, frame
from tidegate.avro.types import Field
from tidegate.contracts.dataset import Dataset

Damage = Callable[[bytes, np.random.Generator], bytes | None]
Record = Mapping[str, object]

_LENGTH_2_31 = b"\x80\x80\x80\x80\x10"
_ABSURD_TIMES_MS = (0, 7_258_118_400_000, 253_402_300_800_000, 2**62)
_UNKNOWN_SCHEMA_ID = 2_147_000_000
_LONGEST_ONE_BYTE_LENGTH = 63


class Poisoned(NamedTuple):
    """A damaged record: how, what must be said about it, and its bytes (None: a tombstone)."""

    name: str
    error_code: str
    value: bytes | None


class Kind(NamedTuple):
    """A kind of damage, the error code it leads to, and how it is done to the bytes of a good record."""

    name: str
    error_code: str
    damage: Damage


class Poison:
    """Damages records, in turn by every kind of damage."""

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self._kinds = kinds
        self._next = 0

    @property
    def kinds(self) -> dict[str, str]:
        """All kinds of damage with their error codes."""
        return {kind.name: kind.error_code for kind in self._kinds}

    def spoil(self, good: bytes, rng: np.random.Generator) -> Poisoned:
        """``good``, damaged by the kind whose turn it is."""
        kind = self._kinds[self._next % len(self._kinds)]
        self._next += 1
        return Poisoned(kind.name, kind.error_code, kind.damage(good, rng))


def kinds_for(dataset: Dataset, encoder: RecordEncoder, breaks: Mapping[str, Record]) -> list[Kind]:
    """All that can be done to records of ``dataset``; ``breaks`` has for a reject rule the fields that break it."""
    first = dataset.raw_type.fields[0].type
    kinds = [*_STRUCTURAL]
    if first.kind == "string" and not first.nullable:
        kinds += [Kind("length_prefix", "BAD_LENGTH", _length_prefix), Kind("bad_utf8", "BAD_UTF8", _bad_utf8)]
    return [*kinds, *absurd_times(dataset, encoder, _ABSURD_TIMES_MS), *rule_breaks(dataset, encoder, breaks)]


def rule_breaks(dataset: Dataset, encoder: RecordEncoder, breaks: Mapping[str, Record]) -> list[Kind]:
    """One kind per reject rule that ``breaks`` tells how to break."""
    return [
        Kind(f"rule_{rule.name}", "RULE_VIOLATED", _changed(encoder, breaks[rule.name]))
        for rule in dataset.contract.rules_of("reject")
        if rule.name in breaks
    ]


def _changed(encoder: RecordEncoder, fields: Record) -> Damage:
    def damage(good: bytes, rng: np.random.Generator) -> bytes:
        return encoder.encode(encoder.decode(good) | dict(fields))

    return damage


def raw_time(dataset: Dataset) -> Field | None:
    """The field of a raw record that is the event's time; None where a mapping or a record within has it."""
    field = dataset.raw_fields.get(dataset.raw_path(dataset.contract.event_time.field) or "")
    return field if field is not None and field.type.kind in ("timestamp-millis", "timestamp-micros") else None


def absurd_times(dataset: Dataset, encoder: RecordEncoder, times_ms: Sequence[int]) -> list[Kind]:
    """An event of one of these times, which no contract believes; none where the time is no field of its own."""
    field = raw_time(dataset)
    if field is None:
        return []
    name, units_per_ms = field.name, 1000 if field.type.kind == "timestamp-micros" else 1

    def damage(good: bytes, rng: np.random.Generator) -> bytes:
        time_ms = times_ms[int(rng.integers(len(times_ms)))]
        return encoder.encode(encoder.decode(good) | {name: min(time_ms * units_per_ms, 2**62)})

    return [Kind("absurd_time", "EVENT_TIME_OUT_OF_RANGE", damage)]


def empty(good: bytes, rng: np.random.Generator) -> bytes:
    return b""


def tombstone(good: bytes, rng: np.random.Generator) -> None:
    return None


def _wrong_magic(good: bytes, rng: np.random.Generator) -> bytes:
    return bytes([int(rng.integers(1, 256))]) + good[1:]


def _unknown_schema(good: bytes, rng: np.random.Generator) -> bytes:
    return frame(_UNKNOWN_SCHEMA_ID) + body_of(good)


def _truncated(good: bytes, rng: np.random.Generator) -> bytes:
    return good[: int(rng.integers(FRAME_BYTES, len(good)))]


def _trailing(good: bytes, rng: np.random.Generator) -> bytes:
    return good + rng.bytes(int(rng.integers(1, 20)))


def _length_prefix(good: bytes, rng: np.random.Generator) -> bytes:
    return good[:FRAME_BYTES] + _LENGTH_2_31 + good[FRAME_BYTES + 1 :]


def _bad_utf8(good: bytes, rng: np.random.Generator) -> bytes:
    """Puts a byte that UTF-8 never has into the first field, a text of at most 63 bytes."""
    length = min(good[FRAME_BYTES] >> 1, _LONGEST_ONE_BYTE_LENGTH)
    place = FRAME_BYTES + 1 + int(rng.integers(max(length, 1)))
    return good[:place] + b"\xff" + good[place + 1 :]


def _random_bytes(good: bytes, rng: np.random.Generator) -> bytes:
    """Noise whose first byte is not the framing's zero: whatever follows, it is no record."""
    return _wrong_magic(rng.bytes(int(rng.integers(8, 400))), rng)


_STRUCTURAL: tuple[Kind, ...] = (
    Kind("empty_value", "EMPTY_VALUE", empty),
    Kind("tombstone", "TOMBSTONE", tombstone),
    Kind("wrong_magic", "BAD_MAGIC", _wrong_magic),
    Kind("unknown_schema", "UNKNOWN_SCHEMA", _unknown_schema),
    Kind("truncated", "TRUNCATED", _truncated),
    Kind("trailing_bytes", "TRAILING_BYTES", _trailing),
    Kind("random_bytes", "BAD_MAGIC", _random_bytes),
)
