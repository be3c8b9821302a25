"""What snapshots reach: a file that is replaced is reached by the snapshots of before alone."""

from pathlib import Path

from tests.unit.clients.strict_catalog import NAME, append, lake, rows, to_branch
from tidegate.clients.lake_contents import current_files
from tidegate.clients.lake_exchange import Exchange, exchange_files
from tidegate.clients.lake_reach import only_of, other_than, reach


def test_a_file_that_is_replaced_is_of_the_snapshots_of_before_alone(tmp_path: Path) -> None:
    catalog, _ = lake(tmp_path)
    first = append(catalog, rows([(0, 1)], day=1))
    second = append(catalog, rows([(0, 2)], day=2))
    table = catalog.load_table(NAME)
    (doomed,) = (task.file for task in table.scan(row_filter="day = 1").plan_files())
    exchange_files(table, Exchange([doomed]))

    only = only_of(catalog.load_table(NAME), {first, second})

    assert only.rows == {doomed.file_path: doomed.file_size_in_bytes}
    assert len(only.lists) == 2 and len(only.manifests) >= 1
    assert only.paths[0] == doomed.file_path, "rows go first"
    assert only.bytes == doomed.file_size_in_bytes + sum(only.manifests.values())
    assert only_of(catalog.load_table(NAME), {first}).rows == {}, "the second still has it"


def test_a_file_that_a_branch_has_too_is_not_only_of_main(tmp_path: Path) -> None:
    catalog, _ = lake(tmp_path)
    first = append(catalog, rows([(0, 1)]))
    to_branch(catalog, rows([(0, 2)]))
    table = catalog.load_table(NAME)
    (doomed,) = (task.file for task in table.scan().plan_files())
    exchange_files(table, Exchange([doomed]))

    assert only_of(catalog.load_table(NAME), {first}).rows == {}


def test_what_is_deleted_is_reached_too_and_what_is_needed_is_taken_out(tmp_path: Path) -> None:
    catalog, _ = lake(tmp_path)
    append(catalog, rows([(0, 1)]))
    table = catalog.load_table(NAME)
    (doomed,) = (task.file for task in table.scan().plan_files())
    exchange_files(table, Exchange([doomed]))
    table = catalog.load_table(NAME)
    current = table.current_snapshot()
    assert current is not None and current_files(table) == []

    found = reach(table, [current])

    assert set(found.rows) == {doomed.file_path}
    assert other_than(found, found).paths == []
