"""What compaction has made is told from what has brought rows."""

from pathlib import Path

from tests.unit.clients.strict_catalog import NAME, append, lake, put_together, rows
from tidegate.clients.lake_contents import current_files
from tidegate.clients.lake_since import rows_since

EVERY = "_source_offset >= 0"


def test_where_nothing_was_put_together_nothing_was_moved(tmp_path: Path) -> None:
    catalog, _ = lake(tmp_path)
    first = append(catalog, rows([(0, 1)]))
    append(catalog, rows([(0, 2)]))

    found = rows_since(catalog.load_table(NAME), first, EVERY)

    assert (found.moved, found.moved_on) == (frozenset(), ())


def test_files_that_came_and_were_moved_are_told_by_their_statistics(tmp_path: Path) -> None:
    catalog, _ = lake(tmp_path)
    first = append(catalog, rows([(0, 1)]))
    append(catalog, rows([(0, 2)]))
    append(catalog, rows([(0, 30)]))
    put_together(catalog)
    append(catalog, rows([(0, 3)], day=2))
    table = catalog.load_table(NAME)

    found = rows_since(table, first, "_source_offset < 10")

    assert found.moved == {file.path for file in current_files(table) if file.partition == "day=1"}
    assert [task.file.record_count for task in found.moved_on] == [1]
    assert len(rows_since(table, None, EVERY).moved_on) == 3
