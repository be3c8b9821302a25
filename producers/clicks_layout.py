"""Where things are in an encoded click: its first 48 bytes have the same layout in every click.

frame (5 bytes) · length of event_id (1) · event_id (36) · event_time (6) · the other fields. The time takes six
bytes because every millisecond from 1971 to 2039 does, as a zigzag varint.
"""

import numpy as np
from numpy.typing import NDArray

from producers.avro import Encoder
from producers.ids import UUID_TEXT_LENGTH, uuid7_texts

ID_LENGTH_AT = 5
ID_AT = 6
TIME_AT = ID_AT + UUID_TEXT_LENGTH
TIME_BYTES = 6
USER_AT = TIME_AT + TIME_BYTES
FIELDS = (
    "event_id", "event_time", "user_id", "session_id", "event_type", "page_url", "referrer",
    "product_id", "quantity", "unit_price", "currency", "country", "ip", "user_agent",
)  # fmt: skip
_MIN_TIME_MS, _MAX_TIME_MS = 2**34, 2**41 - 1
_TIME_SHIFTS = np.arange(TIME_BYTES) * 7
_MORE = np.array([0x80] * (TIME_BYTES - 1) + [0], dtype=np.uint8)


def prefixes(frame: bytes, times_ms: NDArray[np.int64], rng: np.random.Generator) -> list[bytes]:
    """The first 48 bytes of one click per time, each with a new event_id.

    Raises:
        ValueError: a time that does not take six bytes.
    """
    if len(times_ms) and not (times_ms.min() >= _MIN_TIME_MS and times_ms.max() <= _MAX_TIME_MS):
        raise ValueError("event times must lie between 1971 and 2039")
    block = np.empty((len(times_ms), USER_AT), dtype=np.uint8)
    block[:, :ID_LENGTH_AT] = np.frombuffer(frame, dtype=np.uint8)
    block[:, ID_LENGTH_AT] = UUID_TEXT_LENGTH * 2
    block[:, ID_AT:TIME_AT] = uuid7_texts(times_ms, rng)
    zigzag = times_ms << 1
    block[:, TIME_AT:] = ((zigzag[:, None] >> _TIME_SHIFTS) & 0x7F).astype(np.uint8) | _MORE
    rows: list[bytes] = block.view(f"V{USER_AT}").ravel().tolist()
    return rows


def event_id_of(value: bytes | None) -> str:
    """The event_id in an undamaged encoded click."""
    assert value is not None
    return value[ID_AT:TIME_AT].decode("ascii")


def check_layout(encoder: Encoder) -> None:
    """Refuses a schema that this layout does not fit.

    Raises:
        ValueError: the schema has other fields than those the layout was made for.
    """
    if tuple(encoder.field_names) != FIELDS:
        raise ValueError(f"the clicks generator writes {', '.join(FIELDS)}, not {', '.join(encoder.field_names)}")
