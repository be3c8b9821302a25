"""The table of records in JSON that Python and Java read alike, and how both show what they read."""

import json
import struct
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from tidegate.avro.json_records import UnknownFields
from tidegate.avro.types import AvroSchema, AvroType, read_record

TABLE = Path(__file__).parents[2] / "data/json_records.jsonl"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """A record, and what is to become of it: its columns, or a code."""

    what: str
    schema: AvroSchema
    value: bytes
    unknown: UnknownFields
    expect: Any

    @property
    def type(self) -> AvroType:
        return read_record(self.schema)


def cases() -> list[Case]:
    return [_case(json.loads(line)) for line in TABLE.read_text(encoding="utf-8").splitlines()]


def _case(line: dict[str, Any]) -> Case:
    one_field = {"type": "record", "name": "R", "fields": [{"name": "v", "type": line.get("type")}]}
    value = bytes.fromhex(line["hex"]) if "hex" in line else line["record"].encode()
    return Case(line["what"], line.get("schema", one_field), value, line.get("unknown", "ignore"), line["expect"])


def shown(value: Any, avro: AvroType) -> Any:
    """A value as Java's ``Shown`` shows it."""
    if value is None:
        return None
    match avro.kind:
        case "record":
            return [shown(value.get(field.name, field.default), field.type) for field in avro.fields]
        case "array":
            return [shown(item, avro.element) for item in value]
        case "map":
            return {key: shown(item, avro.element) for key, item in value.items()}
        case _:
            return _shown_scalar(value, avro)


def _shown_scalar(value: Any, avro: AvroType) -> Any:
    match avro.kind:
        case "float":
            return int(struct.unpack("<i", struct.pack("<f", value))[0])
        case "double":
            return str(struct.unpack("<q", struct.pack("<d", value))[0])
        case "bytes":
            return value.hex()
        case "string" if avro.stored == "fixed":
            return str(UUID(bytes=value))
        case "boolean":
            return value
        case _:
            return str(_counted(value, avro))


def _counted(value: Any, avro: AvroType) -> Any:
    match value:
        case datetime():
            unit = timedelta(milliseconds=1) if avro.kind == "timestamp-millis" else timedelta(microseconds=1)
            return (value - _EPOCH) // unit
        case date():
            return (value - _EPOCH.date()).days
        case Decimal():
            return int(f"{value:f}".replace(".", ""))
        case _:
            return value
