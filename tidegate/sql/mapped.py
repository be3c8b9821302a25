"""The view ``mapped``: the record that rules, privacy and ``refine.sql`` see, made of the record as it came.

Where the dataset has a ``map.sql``, it is that SELECT, and what can't be converted is a dead letter. Else it is the
record with a column for each path that the contract names. A dataset with neither has no such view.
"""

import json
from collections.abc import Sequence

from tidegate.avro.holding import holds
from tidegate.avro.paths import column_of, field_at
from tidegate.avro.types import AvroSchema, Field, flink_type_of
from tidegate.contracts.dataset import DatasetFolder
from tidegate.contracts.map_sql import read_map
from tidegate.sql.conversions import running
from tidegate.sql.literals import text

MAPPED = "mapped"


def mapped_query(dataset: DatasetFolder, records: str, besides: Sequence[str], undecoded: str = "FALSE") -> str:
    """Its SELECT over the table ``records``, whose columns ``besides`` go along.

    ``undecoded``: holds for a record that has no values, of which none can be demanded.
    """
    beside, paths = ", ".join(besides), dataset.column_paths
    added = [f"{quoted_path(path)} AS `{column_of(path)}`" for path in paths]
    if dataset.map_sql is None:
        columns = ", ".join([*(f"`{name}`" for name in dataset.raw_fields), *added])
        return f"SELECT {columns},\n  {beside}\nFROM {records}"
    personal = {privacy.field.partition(".")[0] for privacy in dataset.contract.privacy}
    rows = running(dataset.map_sql, personal, records, besides)
    columns = ",\n  ".join(_columns(dataset, undecoded))
    query = f"SELECT {columns},\n  {beside}\nFROM (\n{rows}\n)"
    return f"SELECT *, {', '.join(added)}\nFROM (\n{query}\n)" if added else query


def quoted_path(path: str) -> str:
    """The path as SQL."""
    return ".".join(f"`{name}`" for name in path.split("."))


def _columns(dataset: DatasetFolder, undecoded: str) -> list[str]:
    assert dataset.map_sql is not None
    assert dataset.mapped is not None
    paths = read_map(dataset.map_sql).paths
    return [_column(field, paths.get(name), dataset, undecoded) for name, field in dataset.mapped_fields.items()]


def _column(field: Field, path: str | None, dataset: DatasetFolder, undecoded: str) -> str:
    """The column in the type of ``mapped.avsc``, which takes it from here on; a value that it can't hold fails."""
    source = field_at(dataset.raw_fields, path) if path else None
    if source is not None and holds(field.type, source.type):
        return f"`{field.name}`"
    typed = f"CAST(`{field.name}` AS {flink_type_of(field.type)})"
    if field.type.nullable and field.type.kind not in ("array", "map", "record", "timestamp-micros"):
        return f"{typed} AS `{field.name}`"
    record = text(json.dumps(_record_of(dataset.mapped or {}, field.name)))
    checked = f"mappable({typed}, {record})"
    return f"CASE WHEN {undecoded} THEN {typed} ELSE {checked} END AS `{field.name}`"


def _record_of(schema: AvroSchema, name: str) -> AvroSchema:
    """An Avro record with this field alone."""
    [field] = [{"name": name, "type": field["type"]} for field in schema["fields"] if field["name"] == name]
    return {"type": "record", "name": "Mapped", "fields": [field]}
