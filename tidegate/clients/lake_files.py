"""The data files of a lake table's current snapshot, each with what its metadata says of the rows in it.

By that a query's condition leaves files out unread: the partition's values, and the bounds of columns.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
from pyiceberg.conversions import from_bytes
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.table import FileScanTask, Table
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import DateType, IntegerType, LongType, NestedField, StringType, TimestampType, TimestamptzType

FORMAT = ds.ParquetFileFormat(pre_buffer=True)
# Others are not ordered here as in SQL (a NaN), or are compared in another type (a decimal).
_BOUNDED = (DateType, IntegerType, LongType, StringType, TimestampType, TimestamptzType)


_INT_BYTES = 4


@dataclass(frozen=True, slots=True)
class LakeFile:
    """A data file: ``fragment`` is it for Arrow, ``task`` for pyiceberg."""

    fragment: Any
    task: FileScanTask


class LakeFiles:
    """The files of a table as it is now, planned once."""

    def __init__(self, table: Table, schema: pa.Schema) -> None:
        self._table = table
        self._schema = schema
        self._fields = {field.name: field for field in table.schema().fields}
        self.tasks = tuple(table.scan().plan_files())
        self.filesystem = self._filesystem()

    def __len__(self) -> int:
        return len(self.tasks)

    def that_may_hold(self, condition: Any) -> list[LakeFile]:
        """All but those in which no row can meet the condition, an expression of Arrow or None."""
        text = "" if condition is None else str(condition)
        asked = [name for name in self._fields if name in text]
        files = {task.file.file_path: self._file(task, asked) for task in self.tasks}
        if condition is None:
            return list(files.values())
        fragments = [file.fragment for file in files.values()]
        by_path = {file.fragment.path: file for file in files.values()}
        every = ds.FileSystemDataset(fragments, self._schema, FORMAT, self.filesystem)
        return [by_path[fragment.path] for fragment in every.get_fragments(filter=condition)]

    def _file(self, task: FileScanTask, asked: Collection[str]) -> LakeFile:
        known = [*self._partition(task, asked), *self._bounds(task, asked)]
        every = ds.scalar(True)
        for each in known:
            every = each if every.equals(ds.scalar(True)) else every & each
        _, _, path = PyArrowFileIO.parse_location(task.file.file_path)
        return LakeFile(FORMAT.make_fragment(path, self.filesystem, every), task)

    def _partition(self, task: FileScanTask, asked: Collection[str]) -> Iterator[Any]:
        spec = self._table.specs()[task.file.spec_id]
        for position, part in enumerate(spec.fields):
            name = self._table.schema().find_column_name(part.source_id)
            if name is not None and name in asked and isinstance(part.transform, IdentityTransform):
                value = task.file.partition[position]
                column = ds.field(name)
                yield column.is_null() if value is None else column == self._literal(name, value)

    def _bounds(self, task: FileScanTask, asked: Collection[str]) -> Iterator[Any]:
        file = task.file
        for name in asked:
            field = self._fields[name]
            low, high = (_bound(field, of or {}) for of in (file.lower_bounds, file.upper_bounds))
            column, nulls = ds.field(name), (file.null_value_counts or {}).get(field.field_id)
            if nulls == file.record_count:
                yield column.is_null()
            if low is None or high is None:
                continue
            for bound in (column >= self._literal(name, low), column <= self._literal(name, high)):
                yield bound if nulls == 0 else bound | column.is_null()

    def _literal(self, name: str, value: Any) -> Any:
        return ds.scalar(pa.scalar(value, self._schema.field(name).type))

    def _filesystem(self) -> Any:
        scheme, netloc, _ = PyArrowFileIO.parse_location(self._table.location())
        assert isinstance(self._table.io, PyArrowFileIO)
        return self._table.io.fs_by_scheme(scheme, netloc)


def _bound(field: NestedField, bounds: dict[int, bytes]) -> Any:
    """A column's bound, also if it was an int when the file was written; None where there is none to go by."""
    found, kind = bounds.get(field.field_id), field.field_type
    if found is None or not isinstance(kind, _BOUNDED):
        return None
    if isinstance(kind, LongType) and len(found) == _INT_BYTES:
        kind = IntegerType()
    return from_bytes(kind, found)
