"""How a Kafka value names the schema it was written with: before its Avro body, or in a header of its record.

The prefix is a zero byte and the schema's id (4 bytes, big-endian). The header holds the same five bytes, or a one and
the schema's GUID (16 bytes); the value is then the Avro body alone. A header counts before a prefix.
Format: https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
"""

import struct
from uuid import UUID

from tidegate.avro.binary import BadRecord

FRAME_BYTES = 5
MAX_SCHEMA_ID = 2**31 - 1
NO_SCHEMA_ID = -1
SCHEMA_ID_HEADER = "__value_schema_id"
_FRAME = struct.Struct(">bI")
_ID_MAGIC, _GUID_MAGIC = 0, 1
_GUID_HEADER_BYTES = 17


def frame(schema_id: int) -> bytes:
    """The five bytes before every Avro body."""
    return _FRAME.pack(0, schema_id)


def schema_id_of(value: bytes) -> int:
    """The schema id of a value; ``NO_SCHEMA_ID`` if it has no frame or no registry could have given the id."""
    if len(value) < FRAME_BYTES:
        return NO_SCHEMA_ID
    zero, schema_id = _FRAME.unpack_from(value)
    return schema_id if zero == 0 and 0 < schema_id <= MAX_SCHEMA_ID else NO_SCHEMA_ID


def body_of(value: bytes) -> bytes:
    """The Avro body of a framed value."""
    return value[FRAME_BYTES:]


def schema_named_by(header: bytes) -> int | UUID:
    """The schema id or GUID in a record's header; ``NO_SCHEMA_ID`` for an id that no registry could have given.

    Raises:
        BadRecord: BAD_MAGIC, where it holds neither.
    """
    if len(header) >= FRAME_BYTES and header[0] == _ID_MAGIC:
        return schema_id_of(header)
    if len(header) >= _GUID_HEADER_BYTES and header[0] == _GUID_MAGIC:
        return UUID(bytes=header[1:_GUID_HEADER_BYTES])
    raise BadRecord("BAD_MAGIC", f"header {SCHEMA_ID_HEADER} names no schema: {header[:_GUID_HEADER_BYTES].hex(' ')}")


def prefixed(value: bytes, header: bytes) -> bytes:
    """The same record with its schema's id before its body; empty where the header gives no id."""
    return header[:FRAME_BYTES] + value if schema_id_of(header) != NO_SCHEMA_ID else b""
