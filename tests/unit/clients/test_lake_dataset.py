"""A table is read as it is now, whatever its columns were called and were when its files were written."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from pyiceberg.table import Table
from pyiceberg.types import LongType, StringType

from tests.lake import DiskCatalog
from tidegate.clients.lake_dataset import LakeDataset

SCHEMA = pa.schema([("id", pa.int32()), ("page", pa.string()), ("tags", pa.list_(pa.string()))])
LARGE = 5_000_000_000


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """Two rows of before, one of after: ``id`` is wider, ``page`` has another name, ``extra`` is new."""
    table = DiskCatalog(tmp_path).create("silver.clicks", SCHEMA)
    table.append(pa.table({"id": [1, 2], "page": ["/a", None], "tags": [["x"], None]}, schema=SCHEMA))
    with table.update_schema() as update:
        update.update_column("id", LongType())
        update.rename_column("page", "page_url")
        update.add_column("extra", StringType())
    now = pa.schema(
        [("id", pa.int64()), ("page_url", pa.string()), ("tags", pa.list_(pa.string())), ("extra", pa.string())]
    )
    table.append(pa.table({"id": [LARGE], "page_url": ["/c"], "tags": [[]], "extra": ["new"]}, schema=now))
    return table


def rows(dataset: LakeDataset, **asked: Any) -> list[dict[str, object]]:
    found: list[dict[str, object]] = dataset.scanner(**asked).to_reader().read_all().to_pylist()
    return sorted(found, key=str)


def test_old_and_new_files_are_one_table(table: Table) -> None:
    assert rows(LakeDataset(table)) == [
        {"id": 1, "page_url": "/a", "tags": ["x"], "extra": None},
        {"id": 2, "page_url": None, "tags": None, "extra": None},
        {"id": LARGE, "page_url": "/c", "tags": [], "extra": "new"},
    ]


def test_a_condition_on_a_column_of_another_name_holds_for_old_files_too(table: Table) -> None:
    assert rows(LakeDataset(table), columns=["id"], filter=ds.field("page_url") == "/a") == [{"id": 1}]
    assert rows(LakeDataset(table), columns=["id"], filter=ds.field("extra").is_null()) == [{"id": 1}, {"id": 2}]


def test_what_was_read_is_counted(table: Table) -> None:
    dataset = LakeDataset(table)
    rows(dataset, columns=["id"], filter=ds.field("id") > 100)
    assert (dataset.files_read, len(dataset.files)) == (1, 2)
    (file,) = [task.file for task in dataset.files.tasks if task.file.record_count == 1]
    assert dataset.bytes_in_files_read == file.file_size_in_bytes


def test_deleted_rows_are_not_there(tmp_path: Path) -> None:
    table = DiskCatalog(tmp_path).create("silver.clicks", SCHEMA)
    table.append(pa.table({"id": [1, 2, 3], "page": ["/a"] * 3, "tags": [None] * 3}, schema=SCHEMA))
    table.delete("id = 1")
    assert [row["id"] for row in rows(LakeDataset(table))] == [2, 3]


def test_an_empty_table_has_its_columns(tmp_path: Path) -> None:
    table = DiskCatalog(tmp_path).create("silver.empty", SCHEMA)
    found = LakeDataset(table).scanner(columns=["id"]).to_reader().read_all()
    assert (found.num_rows, found.schema.names) == (0, ["id"])
