"""Columns of text as arrays of bytes, a row each, all of one width: made for a whole block of rows at once."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

Texts = NDArray[np.uint8]
"""Shape (rows, width), ASCII."""
DAY_MS = 86_400_000
_ZERO = ord("0")


def digit_texts(numbers: NDArray[np.int64], width: int) -> Texts:
    """Whole numbers from 0 on with leading zeros."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return ((numbers[:, None] // powers) % 10 + _ZERO).astype(np.uint8)


def time_texts(day: date, times_ms: NDArray[np.int64]) -> Texts:
    """Times of a day, in ms since it began, as ``2026-11-21T10:15:30.250Z``."""
    texts = np.tile(np.frombuffer(f"{day.isoformat()}T00:00:00.000Z".encode(), dtype=np.uint8), (len(times_ms), 1))
    seconds = times_ms // 1000
    for place, part in ((11, seconds // 3600), (14, seconds // 60 % 60), (17, seconds % 60)):
        texts[:, place : place + 2] = digit_texts(part, 2)
    texts[:, 20:23] = digit_texts(times_ms % 1000, 3)
    return texts


def same(text: str, rows: int) -> Texts:
    """One text for all rows."""
    return np.broadcast_to(np.frombuffer(text.encode("ascii"), dtype=np.uint8), (rows, len(text)))
