"""Records of a Kafka batch as a table of Arrow, without a Python value per record."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tidegate.avro.columns import Found, read_columns
from tidegate.avro.leading_fields import Buffer, Ints
from tidegate.avro.records import WriterSchemas
from tidegate.avro.writer_types import WriterType
from tidegate.clients.kafka_records import Batch
from tidegate.dlq.layout import OFFSET, PARTITION, Kept, Kind, Layout

_TYPES: Mapping[Kind, Any] = {
    "number": pa.int64(),
    "text": pa.string(),
    "bytes": pa.binary(),
    "texts": pa.list_(pa.string()),
    "many bytes": pa.list_(pa.binary()),
    "joined": pa.string(),
}
_DISTINCT = ("id", "key")
"""Columns whose values hardly repeat: a dictionary of them is made in vain."""


def schema_of(layout: Layout) -> Any:
    """The columns of a segment."""
    place = [(PARTITION, pa.int32()), (OFFSET, pa.int64())]
    return pa.schema([*place, *((name, _TYPES[kept.kind]) for name, kept in layout.items())])


def joined(tables: Iterable[Any]) -> Any:
    """All of their rows."""
    return pa.concat_tables([*tables])


def write_file(table: Any, path: Path) -> None:
    """As Parquet, in the way that costs least CPU; what the table took of memory is free afterwards."""
    numbers = {field.name: "DELTA_BINARY_PACKED" for field in table.schema if pa.types.is_integer(field.type)}
    repeated = [_leaf(field) for field in table.schema if field.name not in {*numbers, *_DISTINCT}]
    pq.write_table(table, path, compression="lz4", use_dictionary=repeated, column_encoding=numbers)
    pa.default_memory_pool().release_unused()


def _leaf(field: Any) -> str:
    """The name of a column's values in Parquet."""
    return f"{field.name}.list.element" if pa.types.is_list(field.type) else str(field.name)


def read_files(paths: Iterable[Path], layout: Layout) -> Any:
    """The rows of files, in their order; one that DuckDB wrote of the lake's letters says the same in other types."""
    schema = schema_of(layout)
    return joined(pq.read_table(path, partitioning=None).cast(schema) for path in paths)


def table_from(columns: Mapping[str, Sequence[Any]], layout: Layout) -> Any:
    """The rows of these columns; none of no columns."""
    schema = schema_of(layout)
    return pa.table(dict(columns), schema=schema) if columns else schema.empty_table()


def table_of(batch: Batch, layout: Layout, schemas: WriterSchemas[WriterType]) -> Any:
    """The records that can be read and have a key of their own, the layout's first column; all others are left out."""
    buffer = Buffer.of(batch.values)
    ids = buffer.schema_ids()
    parts = []
    for schema_id in np.unique(ids).tolist():
        writer = schemas[schema_id]
        if writer is not None and _is_ours(writer, layout):
            parts.append(_one_schema(batch, buffer, np.flatnonzero(ids == schema_id), (writer, layout)))
    return pa.concat_tables(parts) if parts else schema_of(layout).empty_table()


def _is_ours(writer: WriterType, layout: Layout) -> bool:
    return writer.kind == "record" and next(iter(layout.values())).path in {name for name, _ in writer.fields}


def _one_schema(batch: Batch, buffer: Buffer, rows: Ints, read_as: tuple[WriterType, Layout]) -> Any:
    writer, layout = read_as
    some = buffer.take(rows)
    columns = read_columns(some, writer, [kept.path for kept in layout.values()])
    data = pa.py_buffer(some.data)
    arrays = [
        pa.array(batch.partition[rows]),
        pa.array(batch.offset[rows]),
        *(_array(columns.found[kept.path], kept, data, len(rows)) for kept in layout.values()),
    ]
    table = pa.Table.from_arrays(arrays, schema=schema_of(layout))
    return table if columns.readable.all() else table.filter(pa.array(columns.readable))


def _array(found: Found, kept: Kept, data: Any, count: int) -> Any:
    if kept.kind == "joined":
        return pc.binary_join(_array(found, Kept(kept.path, "texts"), data, count), ", ")
    if kept.kind in ("texts", "many bytes"):
        sizes = np.bincount(found.rows, minlength=count)
        offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
        return pa.ListArray.from_arrays(pa.array(offsets), _texts(found, data, _TYPES[kept.kind].value_type))
    if found.ends is None and kept.kind != "number":
        return pa.nulls(count, _TYPES[kept.kind])
    values = pa.array(found.values) if kept.kind == "number" else _texts(found, data, _TYPES[kept.kind])
    if len(found.rows) == count:
        return values  # every record has one
    present = np.full(count, -1, np.int64)
    present[found.rows] = np.arange(len(found.rows))
    return values.take(pa.array(present, mask=present < 0))


def _texts(found: Found, data: Any, arrow_type: Any) -> Any:
    """Texts where they lie in ``data``: every second one of an array that has what lies between them, too.

    Bytes that are no UTF-8 are replaced, so that no reader of the table fails.
    """
    if found.ends is None or not len(found.rows):
        return pa.array([], arrow_type)
    bounds = np.column_stack([found.values, found.ends]).ravel().astype(np.int32)
    gaps = pa.Array.from_buffers(pa.binary(), len(bounds) - 1, [None, pa.py_buffer(bounds.tobytes()), data])
    values = gaps.take(pa.array(np.arange(0, len(bounds) - 1, 2)))
    if arrow_type == pa.binary():
        return values
    try:
        return values.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([value.decode(errors="replace") for value in values.to_pylist()], pa.string())
