"""Avro values in the registry's framing: a zero byte, the schema id (4 bytes, big-endian), the Avro body.

Format: https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format
"""

import io
import struct
from collections.abc import Mapping, Sequence

import fastavro

from tidegate.contracts.load import AvroSchema


def frame(schema_id: int) -> bytes:
    """The five bytes before every Avro body."""
    return struct.pack(">bI", 0, schema_id)


class Encoder:
    """Encodes records of one schema, whole or a run of fields at a time."""

    def __init__(self, schema: AvroSchema, schema_id: int) -> None:
        self.frame = frame(schema_id)
        self.field_names: list[str] = [field["name"] for field in schema["fields"]]
        self._json = schema
        self._schema = fastavro.parse_schema(schema)

    def encode(self, record: Mapping[str, object]) -> bytes:
        """The framed bytes of ``record``."""
        buffer = io.BytesIO()
        buffer.write(self.frame)
        fastavro.schemaless_writer(buffer, self._schema, record)
        return buffer.getvalue()

    def decode(self, value: bytes) -> dict[str, object]:
        """The record in framed bytes that this encoder's schema wrote."""
        record = fastavro.schemaless_reader(io.BytesIO(value[len(self.frame) :]), self._schema, None)
        assert isinstance(record, dict)
        return record

    def part(self, names: Sequence[str]) -> "Part":
        """An encoder for the neighbouring fields ``names``.

        An Avro record is its fields' encodings one after the other, so a record can be put together from parts
        that were encoded once and are used a million times.
        """
        first = self.field_names.index(names[0])
        if self.field_names[first : first + len(names)] != list(names):
            raise ValueError(f"{', '.join(names)} are not neighbours in {self._json['name']}")
        fields = self._json["fields"][first : first + len(names)]
        return Part({"type": "record", "name": "Part", "fields": fields})


class Part:
    """Encodes a run of fields, without framing."""

    def __init__(self, schema: AvroSchema) -> None:
        self._names: list[str] = [field["name"] for field in schema["fields"]]
        self._schema = fastavro.parse_schema(schema)

    def encode(self, *values: object) -> bytes:
        """The bytes of the fields, given in their order."""
        buffer = io.BytesIO()
        fastavro.schemaless_writer(buffer, self._schema, dict(zip(self._names, values, strict=True)))
        return buffer.getvalue()
