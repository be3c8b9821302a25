"""Encodes and decodes records as plain JSON, as producers that know no registry send them."""

import base64
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tidegate.avro.json_records import JsonRecordReader
from tidegate.avro.json_values import sent_name
from tidegate.avro.types import AvroSchema, AvroType, read_record


class JsonEncoder:
    """Encodes records of one schema, given as fastavro takes them, under the names that they have in JSON.

    Raises:
        ContractError: the schema has a type that is not supported.
    """

    def __init__(self, schema: AvroSchema) -> None:
        self._record = read_record(schema)
        self._reader = JsonRecordReader(self._record, "ignore")

    def encode(self, record: Mapping[str, object]) -> bytes:
        """The JSON of ``record``; a field that it lacks is left out.

        Raises:
            ValueError: it lacks a field without a default, or a value that JSON can't say; names the field.
        """
        fields = _spelled(record, self._record, self._record.name)
        return json.dumps(fields, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()

    def decode(self, value: bytes) -> dict[str, Any]:
        """The record in what this encoder has written."""
        return self._reader.read(value)


def _spelled(value: Any, avro: AvroType, place: str) -> Any:
    if value is None:
        return None
    match avro.kind:
        case "record":
            return _spelled_fields(value, avro, place)
        case "array":
            return [_spelled(item, avro.element, f"{place}[{number}]") for number, item in enumerate(value)]
        case "map":
            return {key: _spelled(item, avro.element, f"{place}.{key}") for key, item in value.items()}
        case _:
            return _spelled_scalar(value, avro)


def _spelled_fields(value: Mapping[str, Any], avro: AvroType, place: str) -> dict[str, Any]:
    for field in avro.fields:
        if field.name not in value and not field.has_default:
            raise ValueError(f"{place}.{field.name}: no value, and no default")
    return {
        sent_name(field): _spelled(value[field.name], field.type, f"{place}.{field.name}")
        for field in avro.fields
        if field.name in value
    }


def _spelled_scalar(value: Any, avro: AvroType) -> Any:
    match value:
        case datetime():
            unit = "milliseconds" if avro.kind == "timestamp-millis" else "microseconds"
            return value.isoformat(timespec=unit).replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case bytes() if avro.kind == "string":
            return str(UUID(bytes=value))
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case _:
            return value
