"""Dotted paths into records, such as ``operator.fullName``: where they lead in a type and in a value. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from tidegate.avro.types import Field, fields_by_name


def column_of(path: str) -> str:
    """What the path is called as a column: ``operator_fullName``."""
    return path.replace(".", "_")


def field_at(fields: Mapping[str, Field], path: str) -> Field | None:
    """The field at the path, named by the path; it may be null if a record on the way may. None if there is none."""
    first, _, rest = path.partition(".")
    field = fields.get(first)
    if field is None or not rest:
        return field
    inner = field_at(fields_by_name(field.type), rest) if field.type.kind == "record" else None
    if inner is None:
        return None
    return replace(inner, name=path, type=replace(inner.type, nullable=inner.type.nullable or field.type.nullable))


def paths_of(fields: Iterable[Field], before: str = "") -> list[str]:
    """The paths to all that is no record, in the order of the fields."""
    found = []
    for field in fields:
        path = f"{before}{field.name}"
        found += paths_of(field.type.fields, f"{path}.") if field.type.kind == "record" else [path]
    return found


def value_at(record: Mapping[str, Any], path: str) -> Any:
    """The value at the path; None where a record on the way is."""
    first, _, rest = path.partition(".")
    value = record.get(first)
    return value_at(value, rest) if rest and isinstance(value, Mapping) else value


def with_value(record: Mapping[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The record with another value at the path; a record on the way that is None is made."""
    first, _, rest = path.partition(".")
    return {**record, first: with_value(record.get(first) or {}, rest, value) if rest else value}
