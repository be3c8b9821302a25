"""Python values as typed SQL literals, so that examples run through the same SQL as events."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tidegate.avro.types import AvroType, flink_type_of


def literal(value: Any, avro: AvroType) -> str:
    """``value``, as fastavro takes it for ``avro``, in SQL; always cast to the column's type."""
    sql_type = flink_type_of(avro)
    return f"CAST({_plain(value, avro)} AS {sql_type})"


def _plain(value: Any, avro: AvroType) -> str:
    if value is None:
        return "NULL"
    match avro.kind:
        case "string":
            return text(str(UUID(bytes=value)) if avro.stored == "fixed" else value)
        case "bytes":
            return f"x'{value.hex()}'"
        case "boolean":
            return str(value).upper()
        case "timestamp-millis" | "timestamp-micros":
            return timestamp(value)
        case "date":
            return f"DATE '{value.isoformat()}'"
        case "array":
            return (
                f"ARRAY[{', '.join(literal(item, avro.element) for item in value)}]" if value else _empty(avro.element)
            )
        case "map":
            pairs = (f"{text(key)}, {literal(item, avro.element)}" for key, item in value.items())
            return (
                f"MAP[{', '.join(pairs)}]"
                if value
                else f"MAP_FROM_ARRAYS({_empty(AvroType('string'))}, {_empty(avro.element)})"
            )
        case "record":
            return f"ROW({', '.join(literal(value.get(field.name), field.type) for field in avro.fields)})"
        case "float" | "double":
            return text(repr(value))
        case _:
            return f"{value}"


def text(value: str) -> str:
    """A string."""
    escaped = value.replace("'", "''")
    return f"'{escaped}'"


def timestamp(moment: datetime) -> str:
    """A moment as TIMESTAMP_LTZ; right only in a session whose time zone is UTC."""
    at = moment.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    return f"CAST(TIMESTAMP '{at}' AS TIMESTAMP_LTZ(6))"


def _empty(items: AvroType) -> str:
    """An array without items; SQL has no literal for one."""
    nothing = f"CAST(NULL AS {flink_type_of(items)})"
    return f"ARRAY_REMOVE(ARRAY[{nothing}], {nothing})"
