"""Reads whole records by the schema that each was written with, whatever its frame says."""

from collections.abc import Callable
from io import BytesIO
from typing import Any, Generic, TypeVar

import fastavro
from fastavro.schema import SchemaParseException, UnknownType

from tidegate.avro.frame import NO_SCHEMA_ID, body_of, schema_id_of
from tidegate.avro.types import AvroSchema

LookUp = Callable[[int], AvroSchema | None]
"""The schema with an id; None for an id nobody gave out. ``RegistryClient.by_id`` is one."""
_UNDECODABLE = (ValueError, EOFError, IndexError, KeyError, OverflowError, TypeError)
_Made = TypeVar("_Made")


class WriterSchemas(Generic[_Made]):
    """What is made from the schema with a given id, looked up and made once.

    None for an id nobody gave out, and where nothing can be made of the schema.
    """

    def __init__(self, look_up: LookUp, make: Callable[[AvroSchema], _Made | None]) -> None:
        self._look_up = look_up
        self._make = make
        self._made: dict[int, _Made | None] = {NO_SCHEMA_ID: None}

    def __getitem__(self, schema_id: int) -> _Made | None:
        if schema_id not in self._made:
            schema = self._look_up(schema_id)
            self._made[schema_id] = None if schema is None else self._make(schema)
        return self._made[schema_id]


def parsed_schemas(look_up: LookUp) -> WriterSchemas[Any]:
    """The schemas as ``decode_record`` takes them."""
    return WriterSchemas(look_up, _parsed)


def plain_schemas(look_up: LookUp) -> WriterSchemas[Any]:
    """As ``parsed_schemas``, but values are what is stored: a time is a number, which no library finds too large."""
    return WriterSchemas(look_up, lambda schema: _parsed(_without_meanings(schema)))


def _without_meanings(avro: Any) -> Any:
    if isinstance(avro, list):
        return [_without_meanings(each) for each in avro]
    if not isinstance(avro, dict):
        return avro
    return {key: _without_meanings(value) for key, value in avro.items() if key != "logicalType"}


def _parsed(schema: AvroSchema) -> Any:
    """The schema, parsed; None for one by which nothing can be decoded."""
    try:
        return fastavro.parse_schema(schema)
    except (SchemaParseException, UnknownType, *_UNDECODABLE, RecursionError):
        return None


def decode_record(value: bytes, schemas: WriterSchemas[Any]) -> dict[str, Any] | None:
    """The whole record, or None for one that no reader could decode."""
    schema = schemas[schema_id_of(value)]
    if schema is None:
        return None
    body = BytesIO(body_of(value))
    try:
        record = fastavro.schemaless_reader(body, schema, None)
    except _UNDECODABLE:
        return None
    return record if isinstance(record, dict) and not body.read(1) else None
