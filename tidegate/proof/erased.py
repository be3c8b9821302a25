"""A recomputed row as it is where retention has emptied its personal values: the lake may hold either. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tidegate.avro.types import AvroType, Field


def emptied_columns(fields: Mapping[str, Field], at: str, before: Mapping[str, date]) -> dict[str, str]:
    """Of each column that was emptied, or of which a field was, DuckDB's SQL of it as it is then.

    ``before``: by path, the day of the column ``at`` before which there are no values any more.
    """
    found: dict[str, str] = {}
    for path, day in sorted(before.items()):
        column, _, rest = path.partition(".")
        if column in fields:
            sql = found.get(column, _quoted(column))
            older = f"{_quoted(at)} < timestamptz '{day} 00:00:00+00'"
            found[column] = f"case when {older} then {_without(sql, fields[column].type, rest)} else {sql} end"
    return found


def is_emptied(row: Mapping[str, Any], column: str, at: str, before: Mapping[str, date]) -> bool:
    """Whether a row is so old that values of the column, or in it, may be gone."""
    days = [day for path, day in before.items() if path.partition(".")[0] == column]
    return any(isinstance(row[at], datetime) and row[at].date() < day for day in days)


def _without(sql: str, avro: AvroType, path: str) -> str:
    """The value, or null of its type; of a record with null at the path."""
    if not path:
        return f"nullif({sql}, {sql})"
    first, _, rest = path.partition(".")
    fields = [
        f"{_quoted(each.name)} := "
        + (
            _without(f"({sql}).{_quoted(each.name)}", each.type, rest)
            if each.name == first
            else f"({sql}).{_quoted(each.name)}"
        )
        for each in avro.fields
    ]
    return f"case when {sql} is not null then struct_pack({', '.join(fields)}) end"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
