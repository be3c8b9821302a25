"""The files of a table, by its metadata alone."""

from datetime import date
from pathlib import Path

import pyarrow as pa

from tests.unit.clients.strict_catalog import NAME, append, lake, rows
from tidegate.clients.lake_contents import current_files


def test_the_files_of_a_snapshot_have_partition_size_and_rows(tmp_path: Path) -> None:
    catalog, empty = lake(tmp_path)
    assert current_files(empty) == []
    first = append(catalog, rows([(0, 1), (0, 2)], day=1))
    append(catalog, rows([(0, 3)], day=2))
    table = catalog.load_table(NAME)

    found = current_files(table)

    assert {(file.partition, file.rows, file.is_delete) for file in found} == {("day=1", 2, False), ("day=2", 1, False)}
    for file in found:
        assert file.bytes == Path(file.path.removeprefix("file://")).stat().st_size
    assert [file.partition for file in current_files(table, first)] == ["day=1"]


def test_what_has_no_day_is_in_a_partition_too(tmp_path: Path) -> None:
    catalog, _ = lake(tmp_path)
    undated = rows([(0, 1)]).drop_columns(["day"])
    append(catalog, undated.append_column("day", [[None]]).cast(rows([]).schema))

    assert [file.partition for file in current_files(catalog.load_table(NAME))] == ["day=null"]


def test_a_day_is_called_by_its_date(tmp_path: Path) -> None:
    catalog, _ = lake(tmp_path)
    days = pa.table({"changed": pa.array([date(2026, 11, 21)])})
    catalog.create("gold.changes", days.schema, ("changed",)).append(days)

    assert [file.partition for file in current_files(catalog.load_table("gold.changes"))] == ["changed=2026-11-21"]
