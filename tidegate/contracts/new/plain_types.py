"""What a row of Tidegate's own has where another team's record has an enum or a fixed. Pure."""

from collections.abc import Mapping
from typing import Any

from tidegate.avro.types import AvroSchema

_BYTES_DECIMAL = ("logicalType", "precision", "scale")


def plain_fields(raw: AvroSchema) -> list[AvroSchema]:
    """The fields of a raw schema for a silver one: an enum is text; a fixed is bytes, a decimal of bytes or text.

    A default or alias says how others' records are read; a row has all fields, so only null stays as a default.
    """
    stored: dict[str, Any] = {}
    return [
        {
            "name": field["name"],
            "type": _plain(field["type"], stored),
            **({"default": None} if field.get("default", 0) is None else {}),
            **({"doc": field["doc"]} if "doc" in field else {}),
        }
        for field in raw["fields"]
    ]


def _plain(avro: Any, stored: dict[str, Any]) -> Any:
    match avro:
        case str():
            return stored.get(avro, avro)
        case list():
            return [_plain(branch, stored) for branch in avro]
        case {"type": "enum" | "fixed"}:
            stored[_full_name(avro)] = plain = _instead_of(avro)
            return plain
        case {"type": "record"}:
            fields = [{**field, "type": _plain(field["type"], stored)} for field in avro["fields"]]
            return {**avro, "fields": [_without_reading(field) for field in fields]}
        case {"type": "array" | "map"}:
            return {key: _plain(value, stored) if key in ("items", "values") else value for key, value in avro.items()}
        case _:
            return avro


def _instead_of(avro: AvroSchema) -> Any:
    match avro:
        case {"type": "fixed", "logicalType": "decimal"}:
            return {"type": "bytes", **{key: avro[key] for key in _BYTES_DECIMAL if key in avro}}
        case {"type": "fixed", "logicalType": "uuid"} | {"type": "enum"}:
            return "string"
        case _:
            return "bytes"


def _without_reading(field: AvroSchema) -> AvroSchema:
    return {key: value for key, value in field.items() if key not in ("aliases", "json", "default") or value is None}


def _full_name(avro: Mapping[str, Any]) -> str:
    space = avro.get("namespace")
    return f"{space}.{avro['name']}" if space else str(avro["name"])
