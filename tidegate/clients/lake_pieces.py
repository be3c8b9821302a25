"""A data file of a lake table is read, and written anew, a piece at a time: memory does not go with its size.

A file of a compaction, or of a job's long checkpoint, has millions of rows, which are gigabytes once they are unpacked.
"""

import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyiceberg.expressions import AlwaysTrue
from pyiceberg.io.pyarrow import (
    ArrowScan,
    _dataframe_to_data_files,
    _get_parquet_writer_kwargs,
    _to_requested_schema,
    compute_statistics_plan,
    data_file_statistics_from_parquet_metadata,
    parquet_path_to_id_mapping,
    pyarrow_to_schema,
)
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.schema import Schema, prune_columns, sanitize_column_names
from pyiceberg.table import FileScanTask, Table
from pyiceberg.types import ListType, MapType

PIECE_BYTES = 32_000_000
"""Of rows as Arrow has them, and of a group of rows of the new file; about a tenth of it once it is packed."""
_BATCH_ROWS = 1 << 16

Change = Callable[[pa.Table], pa.Table]


def read_pieces(table: Table, task: FileScanTask) -> Iterator[pa.Table]:
    """The rows of one file, in the columns that the table has now and in their order."""
    batches: list[pa.RecordBatch] = []
    size = 0
    for batch in _batches(table, task):
        batches.append(batch)
        size += batch.nbytes
        if size >= PIECE_BYTES:
            yield pa.Table.from_batches(batches)
            batches, size = [], 0
    if batches:
        yield pa.Table.from_batches(batches)


def files_in_pieces(table: Table, files: Iterable[DataFile]) -> Iterator[pa.Table]:
    """The rows of data files of which none is deleted, as :func:`read_pieces` gives them."""
    for file in files:
        yield from read_pieces(table, FileScanTask(file))


def write_anew(table: Table, task: FileScanTask, change: Change) -> list[DataFile]:
    """A new file with what ``change`` makes of each piece, which no snapshot has yet; none where no row is left.

    Rows stay in their partition. Where the table is partitioned otherwise by now, they are new files by that.
    """
    changed = (piece for piece in map(change, read_pieces(table, task)) if piece.num_rows)
    if task.file.spec_id != table.spec().spec_id:
        return [file for piece in changed for file in _dataframe_to_data_files(table.metadata, piece, table.io)]
    return [*_written(table, task.file, changed)]


def _written(table: Table, old: DataFile, pieces: Iterator[pa.Table]) -> Iterator[DataFile]:
    """As pyiceberg's own ``write_file``, which has to be given all rows at once; nothing where there is no piece."""
    held = sanitize_column_names(table.schema())
    output = table.io.new_output(_new_path(table, old))
    written = (pa.Table.from_batches(_as_written(table, held, piece)) for piece in pieces)
    first = next(written, None)
    if first is None:
        return
    settings: dict[str, Any] = _get_parquet_writer_kwargs(table.properties)
    with output.create(overwrite=True) as stream, pq.ParquetWriter(stream, first.schema, **settings) as writer:
        writer.write_table(first)
        del first
        for each in written:
            writer.write_table(each)
    statistics = data_file_statistics_from_parquet_metadata(
        parquet_metadata=writer.writer.metadata,
        stats_columns=compute_statistics_plan(held, table.properties),
        parquet_column_mapping=parquet_path_to_id_mapping(held),
    )
    yield DataFile(
        content=DataFileContent.DATA,
        file_path=output.location,
        file_format=FileFormat.PARQUET,
        partition=old.partition,
        file_size_in_bytes=len(output),
        sort_order_id=None,
        spec_id=old.spec_id,
        equality_ids=None,
        key_metadata=None,
        **statistics.to_serialized_dict(),
    )


def _as_written(table: Table, held: Schema, piece: pa.Table) -> list[pa.RecordBatch]:
    """With the ids of the fields, by which Iceberg knows them."""
    given = pyarrow_to_schema(piece.schema, name_mapping=table.schema().name_mapping)
    return [_to_requested_schema(held, given, batch, include_field_ids=True) for batch in piece.to_batches()]


def _new_path(table: Table, old: DataFile) -> str:
    """Beside the file, as engines find partitions."""
    folder = table.spec().partition_to_path(old.partition, table.schema())
    return "/".join(filter(None, (table.location(), "data", folder, f"00000-0-{uuid.uuid4()}.parquet")))


def _batches(table: Table, task: FileScanTask) -> Iterator[pa.RecordBatch]:
    """Pyiceberg's own scan unpacks whole row groups, which have a million rows, and some of them ahead."""
    wanted = table.schema()
    if task.delete_files:
        scan = ArrowScan(table.metadata, table.io, wanted, AlwaysTrue())  # type: ignore[no-untyped-call]
        yield from scan.to_record_batches([task])
        return
    ids = {number for number in wanted.field_ids if not isinstance(wanted.find_type(number), MapType | ListType)}
    with table.io.new_input(task.file.file_path).open() as opened:
        file = pq.ParquetFile(opened)
        held = pyarrow_to_schema(file.schema_arrow, table.name_mapping(), downcast_ns_timestamp_to_us=True)
        read = prune_columns(held, ids, select_full_types=False)
        for batch in file.iter_batches(_BATCH_ROWS, columns=[column.name for column in read.columns]):
            yield _to_requested_schema(wanted, read, batch, downcast_ns_timestamp_to_us=True)
