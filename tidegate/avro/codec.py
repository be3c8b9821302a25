"""Encodes and decodes Avro values in the registry's framing."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import fastavro

from tidegate.avro.defaults import parse
from tidegate.avro.frame import body_of, frame
from tidegate.avro.types import AvroSchema
from tidegate.errors import ContractError


def decode(value: bytes, schema: AvroSchema) -> dict[str, Any]:
    """The record in framed bytes that ``schema``, as fastavro parsed it, wrote."""
    record = fastavro.schemaless_reader(io.BytesIO(body_of(value)), schema, None)
    assert isinstance(record, dict)
    return record


class Encoder:
    """Encodes records of one schema, whole or a run of fields at a time.

    Raises:
        ContractError: it is no Avro schema.
    """

    def __init__(self, schema: AvroSchema, schema_id: int) -> None:
        self.frame = frame(schema_id)
        self.field_names: list[str] = [field["name"] for field in schema["fields"]]
        self.schema = schema
        self._parsed = parse(schema)

    def encode(self, record: Mapping[str, object]) -> bytes:
        """The framed bytes of ``record``; a field that it lacks gets its default."""
        buffer = io.BytesIO()
        buffer.write(self.frame)
        fastavro.schemaless_writer(buffer, self._parsed, record)
        return buffer.getvalue()

    def decode(self, value: bytes) -> dict[str, Any]:
        """The record in framed bytes that this encoder's schema wrote."""
        return decode(value, self._parsed)

    def part(self, names: Sequence[str]) -> "Part":
        """An encoder for the neighbouring fields ``names``.

        An Avro record is its fields' encodings one after the other, so a record can be put together from parts
        that were encoded once and are used a million times.
        """
        first = self.field_names.index(names[0])
        if self.field_names[first : first + len(names)] != list(names):
            raise ValueError(f"{', '.join(names)} are not neighbours in {self.schema['name']}")
        fields = self.schema["fields"][first : first + len(names)]
        return Part({"type": "record", "name": "Part", "fields": fields})


class Part:
    """Encodes a run of fields, without framing."""

    def __init__(self, schema: AvroSchema) -> None:
        self._names: list[str] = [field["name"] for field in schema["fields"]]
        self._parsed = parse(schema)

    def encode(self, *values: object) -> bytes:
        """The bytes of the fields, given in their order."""
        return self._write(dict(zip(self._names, values, strict=True)))

    def defaults(self) -> bytes:
        """The bytes of the fields, each with its default.

        Raises:
            ValueError: a field has none and may not be null; names it.
        """
        return self._write({})

    def _write(self, record: Mapping[str, object]) -> bytes:
        buffer = io.BytesIO()
        fastavro.schemaless_writer(buffer, self._parsed, record)
        return buffer.getvalue()


@contextmanager
def writing(schema: AvroSchema, remedy: str) -> Iterator[None]:
    """Turns fastavro's refusal of what a generator made, which is of many types, into an error for people.

    Raises:
        ContractError: the block had a value that ``schema`` has no place for.
    """
    try:
        yield
    except (ArithmeticError, AttributeError, TypeError, ValueError) as error:
        raise ContractError(
            f"the generator can't write the newest schema of {schema['name']}: {error}.", remedy=remedy
        ) from error
