"""A record made from a schema alone: an example in which nothing of anybody's data is copied. Pure."""

import base64
from decimal import Decimal
from typing import Any

from tidegate.avro.json_values import sent_name
from tidegate.avro.types import AvroType

_TIME = "2026-01-01T11:59:58.250Z"
_UUID = "019b7975-5000-7c3a-9f21-6f0d6a1b2c01"


def made_up(avro: AvroType, name: str = "value") -> Any:
    """A JSON value of the type; what may be null is not."""
    match avro.kind:
        case "record":
            return {sent_name(field): made_up(field.type, field.name) for field in avro.fields}
        case "array":
            return [made_up(avro.element, name)]
        case "map":
            return {"key": made_up(avro.element, name)}
        case "string":
            return _text(avro, name)
        case _:
            return _scalar(avro)


def _text(avro: AvroType, name: str) -> str:
    if avro.stored == "enum":
        return avro.symbols[0]
    return _UUID if avro.stored == "fixed" else f"{name}-1"


def _scalar(avro: AvroType) -> Any:
    match avro.kind:
        case "boolean":
            return True
        case "float" | "double":
            return 1.5
        case "bytes":
            return base64.b64encode(bytes(avro.size or 1)).decode()
        case "decimal":
            return str(Decimal(1).scaleb(-avro.scale))
        case "date":
            return _TIME[:10]
        case "timestamp-millis" | "timestamp-micros":
            return _TIME
        case _:
            return 1
