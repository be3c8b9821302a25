"""How a table stands, by its metadata and its files."""

from pathlib import Path

from tests.unit.clients.strict_catalog import NAME, append, lake, rows, to_branch
from tidegate.clients.lake_branch import tag_what_was_before
from tidegate.clients.lake_contents import ListedFile
from tidegate.lake_care.stats import table_stats

FILES = [
    ListedFile("a", "day=1", 10, 1),
    ListedFile("b", "day=1", 30, 2),
    ListedFile("c", "day=1", 80, 4),
    ListedFile("d", "day=2", 900, 8),
    ListedFile("e", "day=2", 5, 1, is_delete=True),
]


def test_files_are_told_by_partition_and_size_and_what_deletes_rows_apart(tmp_path: Path) -> None:
    catalog, _ = lake(tmp_path)
    append(catalog, rows([(0, 1)]))
    metadata = catalog.load_table(NAME).metadata

    found = table_stats(NAME, metadata, FILES, 77)

    assert (found.table, found.rows, found.bytes, found.partitions, found.files) == (NAME, 15, 1020, 2, 4)
    assert (found.partition_files_max, found.partition_files_median) == (3, 2)
    assert (found.file_bytes_min, found.file_bytes_median, found.delete_files) == (10, 55, 1)
    assert (found.metadata_bytes, found.snapshots) == (77, 1)
    assert found.oldest_snapshot_ms == metadata.snapshots[0].timestamp_ms


def test_branches_and_tags_are_told_with_the_snapshot_that_they_hold(tmp_path: Path) -> None:
    catalog, table = lake(tmp_path)
    first = append(catalog, rows([(0, 1)]))
    second = append(catalog, rows([(0, 2)]))
    to_branch(catalog, rows([(0, 3)]), "replay-1")
    tag_what_was_before(table, second, "before-1")
    metadata = catalog.load_table(NAME).metadata

    found = table_stats(NAME, metadata, [], 0).named

    assert [(each.name, each.kind) for each in found] == [("before-1", "tag"), ("replay-1", "branch")]
    assert found[0].snapshot_id == first
    assert found[1].at_ms == max(snapshot.timestamp_ms for snapshot in metadata.snapshots)


def test_a_table_that_was_never_written_to_has_nothing(tmp_path: Path) -> None:
    _, table = lake(tmp_path)

    found = table_stats(NAME, table.metadata, [], 500)

    assert (found.files, found.snapshots, found.partition_files_max) == (0, 0, 0)
    assert found.partition_files_median is found.file_bytes_min is found.oldest_snapshot_ms is None
