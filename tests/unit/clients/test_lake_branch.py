"""What a branch has beside main, and that it can be taken away."""

from pathlib import Path

from tests.unit.clients.strict_catalog import NAME, append, content, lake, rows, to_branch
from tidegate.clients.lake_branch import branch_files, drop_branch, is_published, tag_what_was_before


def test_the_files_of_a_branch_are_those_that_main_does_not_have(tmp_path: Path) -> None:
    catalog, _ = lake(tmp_path)
    append(catalog, rows([(0, 1)]))
    to_branch(catalog, rows([(0, 2), (0, 3)]))
    append(catalog, rows([(0, 4)]))
    files = branch_files(catalog.load_table(NAME), "aside")
    assert [file.record_count for file in files] == [2]
    assert branch_files(catalog.load_table(NAME), "another") == []
    assert content(catalog) == [(0, 1, "old"), (0, 4, "old")]


def test_a_branch_is_dropped_once(tmp_path: Path) -> None:
    catalog, table = lake(tmp_path)
    append(catalog, rows([(0, 1)]))
    to_branch(catalog, rows([(0, 2)]))
    assert drop_branch(table, "aside")
    assert not drop_branch(table, "aside")
    assert branch_files(catalog.load_table(NAME), "aside") == []
    assert content(catalog) == [(0, 1, "old")]


def test_a_commit_is_found_by_its_mark_behind_later_ones(tmp_path: Path) -> None:
    catalog, _ = lake(tmp_path)
    marked = append(catalog, rows([(0, 1)]), **{"tidegate.replay-id": "r1"})
    append(catalog, rows([(0, 2)]))
    assert is_published(catalog.load_table(NAME), ("tidegate.replay-id", "r1")) == marked
    assert is_published(catalog.load_table(NAME), ("tidegate.replay-id", "r2")) is None


def test_what_was_before_a_commit_keeps_a_name_until_that_is_dropped(tmp_path: Path) -> None:
    catalog, table = lake(tmp_path)
    first = append(catalog, rows([(0, 1)]))
    second = append(catalog, rows([(0, 2)]))
    append(catalog, rows([(0, 3)]))

    assert tag_what_was_before(table, second, "before")

    named = catalog.load_table(NAME).metadata.refs["before"]
    assert (named.snapshot_id, named.snapshot_ref_type) == (first, "tag")
    assert not tag_what_was_before(table, second, "before"), "it is done once"
    assert not tag_what_was_before(table, first, "nothing"), "nothing was before the first"
    assert drop_branch(table, "before")
    assert [*catalog.load_table(NAME).metadata.refs] == ["main"]
    assert len(content(catalog)) == 3
