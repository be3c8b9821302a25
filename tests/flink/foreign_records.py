"""Records of any writer's schema, whole and broken; all choices are made by a ``random.Random``."""

import struct
from collections.abc import Callable
from random import Random

from tidegate.avro.writer_types import WriterType

DEEPEST = 150
"""Where a record that holds itself is broken off."""
_TEXTS = ["", "a", "Größe", "🌊", "0193A4E2-7B1C", "\x00"]
_LONGS = [0, -1, 63, 64, -65, 2**31 - 1, 2**31, -(2**31) - 1, 2**53 + 1, 2**63 - 1, -(2**63), 1_763_700_000_000]
_INTS = [value for value in _LONGS if -(2**31) <= value < 2**31]


def long_bytes(value: int) -> bytes:
    """An integer as Avro writes it."""
    zigzag = (value << 1 ^ value >> 63) & (2**64 - 1)
    encoded = bytearray()
    while zigzag > 0x7F:
        encoded.append(zigzag & 0x7F | 0x80)
        zigzag >>= 7
    return bytes([*encoded, zigzag])


class Bodies:
    """Makes the Avro bytes of random values."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._scalars: dict[str, Callable[[WriterType], bytes]] = {
            "null": lambda _: b"",
            "boolean": lambda _: bytes([rng.randint(0, 1)]),
            "int": lambda _: long_bytes(rng.choice(_INTS)),
            "enum": lambda _: long_bytes(rng.choice([0, 0, 1, 1, 2, *_INTS])),
            "long": lambda _: long_bytes(rng.choice(_LONGS)),
            "float": lambda _: struct.pack("<f", rng.choice([0.0, -1.5, float("inf"), float("nan"), 1e-40])),
            "double": lambda _: struct.pack("<d", rng.choice([0.0, -1.5, float("-inf"), float("nan"), 1e300])),
            "string": lambda _: self._sized(rng.choice(_TEXTS).encode()),
            "bytes": lambda _: self._sized(self._any_bytes()),
            "fixed": lambda avro: rng.randbytes(avro.size),
        }

    def body(self, avro: WriterType, depth: int = 0) -> bytes:
        """A value that the schema allows, but for numbers and texts that only a decoder can refuse."""
        scalar = self._scalars.get(avro.kind)
        if scalar is not None:
            return scalar(avro)
        return self._composed(avro, depth) if depth < DEEPEST else b""

    def _composed(self, avro: WriterType, depth: int) -> bytes:
        match avro.kind:
            case "union":
                least = [at for at, each in enumerate(avro.branches) if each.kind == "null"] if depth > 6 else []
                branch = self._rng.choice(least or [*range(len(avro.branches))] or [0])
                inner = self.body(avro.branches[branch], depth + 1) if avro.branches else b""
                return long_bytes(branch) + inner
            case "record":
                return b"".join(self.body(each, depth + 1) for _, each in avro.fields)
            case "array":
                return self._blocks(lambda: self.body(avro.element, depth + 1), depth)
            case _:
                return self._blocks(lambda: self._sized(b"k") + self.body(avro.element, depth + 1), depth)

    def _any_bytes(self) -> bytes:
        start = self._rng.choice([b"\x00", b"\xff", b"\x01"]) * self._rng.choice([0, 3])
        return start + self._rng.randbytes(self._rng.choice([0, 1, 2, 5, 8, 9, 16, 17, 40]))

    def _blocks(self, item: Callable[[], bytes], depth: int) -> bytes:
        encoded = b""
        for _ in range(self._rng.randint(0, 2 if depth < 6 else 0)):
            count = self._rng.randint(1, 3)
            items = b"".join(item() for _ in range(count))
            sized = self._rng.random() < 0.3
            encoded += long_bytes(-count) + long_bytes(len(items)) + items if sized else long_bytes(count) + items
        return encoded + b"\x00"

    def _sized(self, content: bytes) -> bytes:
        return long_bytes(len(content)) + content

    def broken(self, whole: bytes) -> bytes:
        """The bytes with something done to them."""
        rng, at = self._rng, self._rng.randint(0, len(whole))
        match rng.randint(0, 5):
            case 0:
                return whole[:at]
            case 1:
                return whole + rng.randbytes(rng.randint(1, 3))
            case 2:
                return whole[:at] + rng.randbytes(rng.randint(1, 3)) + whole[at:]
            case 3:
                return whole[:at] + whole[at + 1 :]
            case 4:
                return (
                    whole[:at] + rng.choice([long_bytes(2**31), b"\xff" * 10, long_bytes(-1), b"\xc0\xaf"]) + whole[at:]
                )
            case _:
                return whole[:at] + bytes([rng.randint(0, 255)]) + whole[at + 1 :]
