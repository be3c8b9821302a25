"""The registry's framing of a Kafka value: a zero byte, the schema's id (4 bytes, big-endian), then the Avro body.

Format: https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
"""

import struct

FRAME_BYTES = 5
MAX_SCHEMA_ID = 2**31 - 1
NO_SCHEMA_ID = -1
_FRAME = struct.Struct(">bI")


def frame(schema_id: int) -> bytes:
    """The five bytes before every Avro body."""
    return _FRAME.pack(0, schema_id)


def schema_id_of(value: bytes) -> int:
    """The schema id of a value; ``NO_SCHEMA_ID`` if it has no frame or no registry could have given the id."""
    if len(value) < FRAME_BYTES:
        return NO_SCHEMA_ID
    zero, schema_id = _FRAME.unpack_from(value)
    return schema_id if zero == 0 and schema_id <= MAX_SCHEMA_ID else NO_SCHEMA_ID


def body_of(value: bytes) -> bytes:
    """The Avro body of a framed value."""
    return value[FRAME_BYTES:]
