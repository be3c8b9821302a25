"""Identifiers: UUIDs that carry the event's time, by the thousand or from a line of a file.

Layouts: RFC 9562, sections 5.7 (version 7, generated traffic) and 5.8 (version 8, replayed lines).
"""

import hashlib
import uuid

import numpy as np
from numpy.typing import NDArray

UUID_TEXT_LENGTH = 36
_DASHES = (8, 13, 18, 23)
_HEX_COLUMNS = np.array([i for i in range(UUID_TEXT_LENGTH) if i not in _DASHES])
_HEX_OF_BYTE = np.frombuffer(b"".join(b"%02x" % byte for byte in range(256)), dtype=np.uint8).reshape(256, 2)
_TIME_SHIFTS = np.arange(40, -1, -8)
_MAX_TIME_MS = 2**48


def uuid7_texts(times_ms: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.uint8]:
    """UUIDs of version 7, one per time in milliseconds since 1970; shape (n, 36), ASCII."""
    count = len(times_ms)
    raw = rng.integers(0, 256, size=(count, 16), dtype=np.uint8)
    raw[:, :6] = (times_ms[:, None] >> _TIME_SHIFTS) & 0xFF
    raw[:, 6] = (raw[:, 6] & 0x0F) | 0x70
    raw[:, 8] = (raw[:, 8] & 0x3F) | 0x80
    texts = np.full((count, UUID_TEXT_LENGTH), ord("-"), dtype=np.uint8)
    texts[:, _HEX_COLUMNS] = _HEX_OF_BYTE[raw].reshape(count, 32)
    return texts


def line_uuid(line: bytes, number: int, time_ms: int) -> str:
    """The UUID (version 8) of a line of a file: the same line at the same place always gets the same one.

    Args:
        line: the bytes of the line, without its line end.
        number: which line of the file it is, so that identical lines stay distinct.
        time_ms: the event's time, kept in the first 48 bits so that ids sort by time; 0 if it is out of range.
    """
    digest = hashlib.sha256(b"%d:" % number + line).digest()
    stamp = time_ms if 0 <= time_ms < _MAX_TIME_MS else 0
    bits = (stamp << 80) | int.from_bytes(digest[:10], "big")
    bits = (bits & ~(0xF << 76)) | (0x8 << 76)
    bits = (bits & ~(0x3 << 62)) | (0x2 << 62)
    return str(uuid.UUID(int=bits))


def name_uuid(*parts: str) -> str:
    """A UUID (version 8) that depends on ``parts`` alone."""
    return line_uuid("\x1f".join(parts).encode(), 0, 0)
