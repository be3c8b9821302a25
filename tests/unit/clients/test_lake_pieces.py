"""A file read and written anew in pieces has the rows, the statistics and the partition that pyiceberg's own has."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.table import FileScanTask, Table
from pyiceberg.typedef import Record
from pyiceberg.types import StringType

from tests.unit.clients.strict_catalog import NAME, StrictCatalog, append, lake, rows, write_rows
from tidegate.clients import lake_pieces
from tidegate.clients.lake_pieces import read_pieces, write_anew

MANY = rows([(0, offset) for offset in range(1000)], "a value", day=3)
STATISTICS = ("record_count", "value_counts", "null_value_counts", "lower_bounds", "upper_bounds", "partition")


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lake_pieces, "_BATCH_ROWS", 100)
    monkeypatch.setattr(lake_pieces, "PIECE_BYTES", 1)


@pytest.fixture
def written(tmp_path: Path) -> tuple[StrictCatalog, Table, FileScanTask]:
    catalog, table = lake(tmp_path)
    append(catalog, MANY)
    table.refresh()
    (task,) = table.scan().plan_files()
    return catalog, table, task


def on_disk(file: DataFile) -> Path:
    return Path(file.file_path.removeprefix("file:"))


def read(table: Table, file: DataFile) -> pa.Table:
    return pa.concat_tables(read_pieces(table, FileScanTask(file)))


@pytest.mark.usefixtures("small_pieces")
def test_a_file_comes_in_pieces_and_all_of_it(written: tuple[StrictCatalog, Table, FileScanTask]) -> None:
    _, table, task = written
    pieces = [*read_pieces(table, task)]
    assert [piece.num_rows for piece in pieces] == [100] * 10
    assert pa.concat_tables(pieces).to_pylist() == MANY.to_pylist()


@pytest.mark.usefixtures("small_pieces")
def test_what_is_written_anew_is_one_file_with_the_statistics_of_its_rows(
    written: tuple[StrictCatalog, Table, FileScanTask],
) -> None:
    _, table, task = written
    wanted = MANY.filter(pc.greater(MANY["_source_offset"], 150))

    (found,) = write_anew(table, task, lambda piece: piece.filter(pc.greater(piece["_source_offset"], 150)))

    (own,) = write_rows(table, wanted)
    assert read(table, found).to_pylist() == wanted.to_pylist()
    assert {name: getattr(found, name) for name in STATISTICS} == {name: getattr(own, name) for name in STATISTICS}
    assert on_disk(found).parent == on_disk(own).parent == on_disk(task.file).parent
    assert found.file_size_in_bytes == on_disk(found).stat().st_size
    ids = {field.metadata[b"PARQUET:field_id"] for field in pq.read_schema(on_disk(found))}
    assert ids == {str(each.field_id).encode() for each in table.schema().fields}


def test_where_no_row_is_left_there_is_no_file(written: tuple[StrictCatalog, Table, FileScanTask]) -> None:
    _, table, task = written
    before = [*on_disk(task.file).parent.iterdir()]
    assert write_anew(table, task, lambda piece: piece.slice(0, 0)) == []
    assert [*on_disk(task.file).parent.iterdir()] == before


def test_a_column_that_the_table_got_since_is_there_without_values(
    written: tuple[StrictCatalog, Table, FileScanTask],
) -> None:
    catalog, table, task = written
    with table.update_schema() as update:
        update.add_column("more", StringType())
    table = catalog.load_table(NAME)
    (found,) = write_anew(table, task, lambda piece: piece)
    assert read(table, found).to_pylist() == [{**row, "more": None} for row in MANY.to_pylist()]


def test_rows_that_another_engine_has_deleted_by_their_positions_stay_away(
    written: tuple[StrictCatalog, Table, FileScanTask], tmp_path: Path
) -> None:
    _, table, task = written
    at = tmp_path / "deletes.parquet"
    pq.write_table(pa.table({"file_path": [task.file.file_path] * 2, "pos": pa.array([0, 7], pa.int64())}), at)
    deletes = DataFile(
        content=DataFileContent.POSITION_DELETES,
        file_path=str(at),
        file_format=FileFormat.PARQUET,
        partition=Record(),
        record_count=2,
        file_size_in_bytes=at.stat().st_size,
    )
    (found,) = write_anew(table, FileScanTask(task.file, {deletes}), lambda piece: piece)
    offsets: list[Any] = read(table, found)["_source_offset"].to_pylist()
    assert offsets == [offset for offset in range(1000) if offset not in (0, 7)]
