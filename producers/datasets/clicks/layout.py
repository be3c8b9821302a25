"""Where things are in an encoded click: its first 48 bytes have the same layout in every click.

frame (5 bytes) · length of event_id (1) · event_id (36) · event_time (6) · the other fields. The time takes six
bytes because every millisecond from 1971 to 2039 does, as a zigzag varint. Fields that a later version of the schema
has added after those of v1 are the same bytes in every click: their defaults.
"""

import numpy as np
from numpy.typing import NDArray

from producers.sending.ids import UUID_TEXT_LENGTH, uuid7_texts
from tidegate.avro.codec import Encoder, writing
from tidegate.avro.frame import FRAME_BYTES
from tidegate.avro.types import AvroSchema, AvroType, read_record
from tidegate.errors import ContractError

ID_LENGTH_AT = FRAME_BYTES
ID_AT = ID_LENGTH_AT + 1
TIME_AT = ID_AT + UUID_TEXT_LENGTH
TIME_BYTES = 6
USER_AT = TIME_AT + TIME_BYTES
FIELDS = (
    "event_id", "event_time", "user_id", "session_id", "event_type", "page_url", "referrer",
    "product_id", "quantity", "unit_price", "currency", "country", "ip", "user_agent",
)  # fmt: skip
REMEDY = (
    "Keep v1.avsc's fields first, with their types, and give the fields added after them a default; "
    "or send a file with --from."
)
_TEXT, _TEXT_OR_NULL = AvroType("string"), AvroType("string", nullable=True, null_first=True)
_BYTE_BY_BYTE = {
    "event_id": _TEXT,
    "event_time": AvroType("timestamp-millis"),
    "user_id": _TEXT_OR_NULL,
    "session_id": _TEXT,
    "ip": _TEXT_OR_NULL,
}
"""What is written without fastavro, and so fits these types alone."""
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


def added_fields(encoder: Encoder) -> bytes:
    """The bytes of the fields after those of the layout, each with its default.

    Raises:
        ContractError: one has no default and may not be null.
    """
    names = encoder.field_names[len(FIELDS) :]
    if not names:
        return b""
    with writing(encoder.schema, REMEDY):
        return encoder.part(names).defaults()


def check_layout(schema: AvroSchema) -> None:
    """Refuses a schema that this layout does not fit.

    Raises:
        ContractError: it does not begin with the fields that the layout was made for, or not with their types.
    """
    fields = read_record(schema).fields
    names = [field.name for field in fields[: len(FIELDS)]]
    if tuple(names) != FIELDS:
        raise ContractError(
            f"the clicks generator writes {', '.join(FIELDS)}, but the newest schema starts with {', '.join(names)}.",
            remedy=REMEDY,
        )
    for field in fields:
        if field.type != _BYTE_BY_BYTE.get(field.name, field.type):
            raise ContractError(
                f"the clicks generator can't write {schema['name']}.{field.name}: its type is not that of v1.avsc.",
                remedy=REMEDY,
            )
