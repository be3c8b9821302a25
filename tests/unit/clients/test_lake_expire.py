"""Snapshots leave the metadata, but not where a branch or tag has moved meanwhile."""

from pathlib import Path

from tests.unit.clients.strict_catalog import NAME, append, content, lake, rows, to_branch
from tidegate.clients.lake_branch import drop_branch
from tidegate.clients.lake_expire import drop_snapshots


def test_they_are_gone_and_the_rows_are_there(tmp_path: Path) -> None:
    catalog, _ = lake(tmp_path)
    first = append(catalog, rows([(0, 1)]))
    second = append(catalog, rows([(0, 2)]))
    table = catalog.load_table(NAME)

    assert drop_snapshots(table, {first})

    assert [each.snapshot_id for each in catalog.load_table(NAME).metadata.snapshots] == [second]
    assert content(catalog) == [(0, 1, "old"), (0, 2, "old")]


def test_nothing_goes_where_main_or_a_branch_has_moved(tmp_path: Path) -> None:
    catalog, _ = lake(tmp_path)
    first = append(catalog, rows([(0, 1)]))
    append(catalog, rows([(0, 2)]))
    to_branch(catalog, rows([(0, 3)]))
    stale = catalog.load_table(NAME)
    append(catalog, rows([(0, 4)]))
    assert not drop_snapshots(stale, {first})
    stale = catalog.load_table(NAME)
    drop_branch(catalog.load_table(NAME), "aside")

    assert not drop_snapshots(stale, {first})

    assert first in [each.snapshot_id for each in catalog.load_table(NAME).metadata.snapshots]
