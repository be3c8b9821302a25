"""Personal fields replaced by what their method leaves of them, wherever in the record they stand."""

from collections.abc import Mapping
from typing import assert_never

from tidegate.avro.paths import column_of
from tidegate.avro.types import AvroType, Field, flink_type_of
from tidegate.contracts.model import PrivacyMethod


def private(field: Field, methods: Mapping[str, PrivacyMethod]) -> str:
    """The column with its personal values replaced; ``methods`` by the paths of personal fields.

    A path that is a column of its own is replaced there as well as within its record.
    """
    by_column = {column_of(path): method for path, method in methods.items()}
    if field.name in by_column:
        return f"{_replaced(f'`{field.name}`', by_column[field.name])} AS `{field.name}`"
    column = f"`{field.name}`"
    replaced = _of_record(column, field.name, field.type, methods)
    return column if replaced == column else f"{replaced} AS {column}"


def _of_record(sql: str, path: str, avro: AvroType, methods: Mapping[str, PrivacyMethod]) -> str:
    """A value with what is personal in it replaced; a record that is null stays null."""
    if path in methods:
        return _replaced(sql, methods[path])
    if avro.kind != "record" or not any(each.startswith(f"{path}.") for each in methods):
        return sql
    fields = (_of_record(f"{sql}.`{each.name}`", f"{path}.{each.name}", each.type, methods) for each in avro.fields)
    row = f"CAST(ROW({', '.join(fields)}) AS {flink_type_of(avro)})"
    return f"CASE WHEN {sql} IS NOT NULL THEN {row} END"


def _replaced(sql: str, method: PrivacyMethod) -> str:
    match method:
        case "hmac":
            return f"hmac_sha256({sql})"
        case "mask":
            return f"CASE WHEN {sql} IS NOT NULL THEN '***' END"
        case "drop":
            return "CAST(NULL AS STRING)"
        case never:
            assert_never(never)
