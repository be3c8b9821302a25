"""Files are exchanged in one commit, with what is noted of it."""

from pathlib import Path

import pytest
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.table.snapshots import Operation

from tests.unit.clients.strict_catalog import NAME, append, content, lake, rows, write_rows
from tidegate.clients.lake_exchange import Exchange, exchange_files
from tidegate.clients.lake_pieces import read_pieces


def test_the_note_and_the_files_are_one_commit(tmp_path: Path) -> None:
    catalog, table = lake(tmp_path)
    append(catalog, rows([(0, 1)]))
    append(catalog, rows([(0, 2)]))
    table.refresh()
    gone = next(
        task
        for task in table.scan().plan_files()
        if [piece["_source_offset"].to_pylist() for piece in read_pieces(table, task)] == [[1]]
    )

    snapshot_id = exchange_files(
        table, Exchange([gone.file], write_rows(table, rows([(0, 3)])), {"mark": "m"}, {"noted": "n"})
    )

    now = catalog.load_table(NAME)
    current = now.current_snapshot()
    assert content(catalog) == [(0, 2, "old"), (0, 3, "old")]
    assert current is not None and current.summary is not None
    assert (current.snapshot_id, current.summary["mark"], now.properties["noted"]) == (snapshot_id, "m", "n")


def test_files_that_only_go_are_a_delete_for_other_readers(tmp_path: Path) -> None:
    catalog, table = lake(tmp_path)
    append(catalog, rows([(0, 1)]))
    table.refresh()
    exchange_files(table, Exchange([task.file for task in table.scan().plan_files()]))
    current = catalog.load_table(NAME).current_snapshot()
    assert current is not None and current.summary is not None
    assert current.summary.operation is Operation.DELETE
    assert content(catalog) == []


def test_nothing_is_changed_where_somebody_came_between(tmp_path: Path) -> None:
    catalog, table = lake(tmp_path)
    append(catalog, rows([(0, 1)]))
    table.refresh()
    files = [task.file for task in table.scan().plan_files()]
    append(catalog, rows([(0, 2)]))
    with pytest.raises(CommitFailedException):
        exchange_files(table, Exchange(files, noted={"noted": "n"}))
    assert content(catalog) == [(0, 1, "old"), (0, 2, "old")]
    assert "noted" not in catalog.load_table(NAME).properties
