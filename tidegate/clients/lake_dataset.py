"""A lake table as DuckDB reads it: an Arrow dataset that opens only the files, and of them the columns, that are asked.

Files are read as they are where their columns are the table's: by Arrow, as a stream. Where a column had another name
or type when the file was written, or rows of it were deleted since, pyiceberg reads it, by the ids of the fields.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
from pyiceberg.expressions import AlwaysTrue
from pyiceberg.io.pyarrow import ArrowScan, pyarrow_to_schema, schema_to_pyarrow
from pyiceberg.schema import Schema
from pyiceberg.table import Table

from tidegate.clients.lake_files import FORMAT, LakeFile, LakeFiles

_FOOTERS_AT_ONCE = 16
_BATCH_ROWS = 32_768


class LakeDataset(ds.Dataset):  # type: ignore[misc] # Arrow has no types
    """The rows of a table's current snapshot; ``files_read`` of ``len(files)`` were opened so far, for their rows."""

    def __init__(self, table: Table) -> None:  # Arrow's own makes none of its kind
        self._table = table
        self._schema = schema_to_pyarrow(table.schema(), include_field_ids=False)
        self.files = LakeFiles(table, self._schema)
        self.files_read = 0
        self.bytes_in_files_read = 0
        self.failure: OSError | None = None

    @property
    def schema(self) -> pa.Schema:
        """The table's columns as they are now."""
        return self._schema

    def scanner(self, columns: list[str] | None = None, filter: Any = None, **_options: Any) -> Any:
        """What DuckDB calls: the columns it needs, and the part of the condition that it leaves to the files."""
        try:
            return self._scanner(columns, filter)
        except OSError as error:  # DuckDB would tell of a Python exception
            self.failure = error
            raise

    def _scanner(self, columns: list[str] | None, condition: Any) -> Any:
        chosen = self.files.that_may_hold(condition)
        self.files_read += len(chosen)
        self.bytes_in_files_read += sum(file.task.file.file_size_in_bytes for file in chosen)
        needed = self._needed(columns, condition)
        with ThreadPoolExecutor(_FOOTERS_AT_ONCE) as pool:
            plain = list(pool.map(lambda file: _is_plain(file, needed), chosen))
        as_they_are = [file.fragment for file, is_plain in zip(chosen, plain, strict=True) if is_plain]
        others = [file for file, is_plain in zip(chosen, plain, strict=True) if not is_plain]
        files = ds.FileSystemDataset(as_they_are, self._schema, FORMAT, self.files.filesystem)
        if not others:
            return files.scanner(columns=columns, filter=condition, batch_size=_BATCH_ROWS)
        names = [field.name for field in needed.fields]
        schema = pa.schema([self._schema.field(name) for name in names])
        first = files.scanner(columns=names, filter=condition, batch_size=_BATCH_ROWS).to_batches()
        return _Batches(_chained(first, self._by_ids(others, needed, schema, condition)), schema, columns or names)

    def _needed(self, columns: list[str] | None, condition: Any) -> Schema:
        """The columns asked for and those of the condition, in the table's order; one more does no harm."""
        text, every = str(condition), [field.name for field in self._table.schema().fields]
        wanted = every if columns is None else [name for name in every if name in columns or name in text]
        return self._table.schema().select(*wanted)

    def _by_ids(
        self, files: list[LakeFile], needed: Schema, schema: pa.Schema, condition: Any
    ) -> Iterator[pa.RecordBatch]:
        scan = ArrowScan(self._table.metadata, self._table.io, needed, AlwaysTrue())  # type: ignore[no-untyped-call]
        for file in files:
            for batch in scan.to_record_batches([file.task]):
                table = pa.Table.from_batches([batch]).select(schema.names).cast(schema)
                yield from (table if condition is None else table.filter(condition)).to_batches()


class _Batches:
    """Stands for Arrow's scanner, which would read a Python iterator in a thread that outlives the question."""

    def __init__(self, batches: Iterator[pa.RecordBatch], schema: pa.Schema, columns: list[str]) -> None:
        self._batches = batches
        self._columns = columns
        self._schema = pa.schema([schema.field(name) for name in columns])

    def to_reader(self) -> pa.RecordBatchReader:
        """What DuckDB reads."""
        return pa.RecordBatchReader.from_batches(self._schema, (batch.select(self._columns) for batch in self._batches))


def _is_plain(file: LakeFile, needed: Schema) -> bool:
    """Whether the file holds the columns as the table does; one that it lacks altogether is null there."""
    if file.task.delete_files:
        return False
    found = pyarrow_to_schema(file.fragment.physical_schema)
    by_id = {field.field_id: field for field in found.fields}
    names = {field.name for field in found.fields}
    for field in needed.fields:
        there = by_id.get(field.field_id)
        if there is None and field.name not in names:
            continue
        if there is None or there.name != field.name or there.field_type != field.field_type:
            return False
    return True


def _chained(*parts: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for part in parts:
        yield from part
