"""A range of a real table is replaced in one commit; what is not of the range stays, whoever writes in between."""

from pathlib import Path

import pyarrow.compute as pc
import pytest
from pyiceberg.table import Table

from tests.unit.clients.strict_catalog import NAME, StrictCatalog, append, content, lake, put_together, rows, to_branch
from tidegate.clients.lake_branch import branch_files
from tidegate.clients.lake_commits import newest_flink_commit
from tidegate.clients.lake_replace import Replacement, keep_rows, read_rows, replace_rows
from tidegate.errors import TidegateError
from tidegate.replay.row_range import RowRange

RANGE = RowRange({0: (10, 20), 1: (0, 0)})
MARK = ("tidegate.replay-id", "r1")
FLINK = {"flink.job-id": "a", "flink.max-committed-checkpoint-id": "7", "flink.operator-id": "x"}


def replacement(table: Table, planned: int | None) -> Replacement:
    return Replacement(RANGE.condition, tuple(branch_files(table, "aside")), planned, MARK)


@pytest.fixture
def written(tmp_path: Path) -> tuple[StrictCatalog, Table, int]:
    """A file before the range, one within, one that lies across its end; new rows aside. The last is a job's commit."""
    catalog, table = lake(tmp_path)
    append(catalog, rows([(0, 8), (0, 9), (1, 12)]))
    append(catalog, rows([(0, 10), (0, 11)]))
    planned = append(catalog, rows([(0, 19), (0, 20), (0, 21)], day=2), **FLINK)
    to_branch(catalog, rows([(0, 10), (0, 12), (0, 19)], "new"))
    return catalog, table, planned


def test_the_range_is_replaced_and_all_else_stays(written: tuple[StrictCatalog, Table, int]) -> None:
    catalog, table, planned = written
    table.refresh()
    done = replace_rows(table, replacement(table, planned))
    assert content(catalog) == [
        (0, 8, "old"),
        (0, 9, "old"),
        (0, 10, "new"),
        (0, 12, "new"),
        (0, 19, "new"),
        (0, 20, "old"),
        (0, 21, "old"),
        (1, 12, "old"),
    ]
    assert (done.files_removed, done.files_rewritten) == (1, 1)
    assert all(row["tags"] == ["a"] for row in catalog.load_table(NAME).scan().to_arrow().to_pylist())


def test_the_totals_of_the_commit_are_those_of_the_table(written: tuple[StrictCatalog, Table, int]) -> None:
    catalog, table, planned = written
    table.refresh()
    replace_rows(table, replacement(table, planned))
    summary = catalog.load_table(NAME).current_snapshot().summary  # type: ignore[union-attr]
    assert summary is not None
    assert summary["total-records"] == "8"
    assert summary["total-data-files"] == "3"
    assert summary["tidegate.replay-id"] == "r1"


def test_the_job_still_finds_what_it_has_committed(written: tuple[StrictCatalog, Table, int]) -> None:
    catalog, table, planned = written
    table.refresh()
    replace_rows(table, replacement(table, planned))
    commit = newest_flink_commit(catalog.load_table(NAME))
    assert commit is not None
    assert (commit.job_id, commit.checkpoint_id, commit.snapshot_id) == ("a", 7, planned)


def test_commits_of_the_live_job_in_between_are_kept(written: tuple[StrictCatalog, Table, int]) -> None:
    catalog, table, planned = written
    append(catalog, rows([(0, 22)], "live"), **FLINK)
    table.refresh()

    def live() -> None:
        append(catalog, rows([(0, 23)], "live"), **FLINK)

    catalog.before_commit = live
    replace_rows(table, replacement(table, planned))
    assert [row for row in content(catalog) if row[2] == "live"] == [(0, 22, "live"), (0, 23, "live")]
    assert [row for row in content(catalog) if row[2] == "new"] == [(0, 10, "new"), (0, 12, "new"), (0, 19, "new")]


@pytest.mark.parametrize("when", ["before", "in between"])
def test_rows_of_the_range_that_came_since_are_refused_and_nothing_is_changed(
    written: tuple[StrictCatalog, Table, int], when: str
) -> None:
    catalog, table, planned = written
    table.refresh()
    change = replacement(table, planned)

    def late() -> None:
        append(catalog, rows([(0, 15), (0, 30)], "late"))

    if when == "before":
        late()
    else:
        catalog.before_commit = late
    with pytest.raises(TidegateError, match="not as it was planned: 1 files with rows of the range have come since"):
        replace_rows(table, change)
    assert not [row for row in content(catalog) if row[2] == "new"]
    assert (0, 15, "late") in content(catalog)


def test_an_empty_result_empties_the_range(written: tuple[StrictCatalog, Table, int]) -> None:
    catalog, table, planned = written
    replace_rows(table, Replacement(RANGE.condition, (), planned, MARK))
    assert content(catalog) == [(0, 8, "old"), (0, 9, "old"), (0, 20, "old"), (0, 21, "old"), (1, 12, "old")]


def test_a_range_of_which_the_table_has_nothing_is_filled(tmp_path: Path) -> None:
    catalog, table = lake(tmp_path)
    planned = append(catalog, rows([(0, 1)]))
    to_branch(catalog, rows([(0, 10)], "new"))
    table.refresh()
    replace_rows(table, replacement(table, planned))
    assert content(catalog) == [(0, 1, "old"), (0, 10, "new")]


def test_done_once_it_is_found_again(written: tuple[StrictCatalog, Table, int]) -> None:
    catalog, table, planned = written
    table.refresh()
    change = replacement(table, planned)
    first = replace_rows(table, change)
    append(catalog, rows([(0, 40)]))
    before = content(catalog)
    assert replace_rows(table, change).snapshot_id == first.snapshot_id
    assert content(catalog) == before


def test_a_range_without_offsets_takes_nothing_out(written: tuple[StrictCatalog, Table, int]) -> None:
    catalog, table, planned = written
    before = content(catalog)
    replace_rows(table, Replacement(RowRange({0: (5, 5), 1: (0, 0)}).condition, (), planned, MARK))
    assert content(catalog) == before


def test_a_file_is_kept_as_it_is_or_written_without_some_rows(written: tuple[StrictCatalog, Table, int]) -> None:
    _, table, _ = written
    table.refresh()
    (file,) = branch_files(table, "aside")
    assert keep_rows(table, file, lambda found: pc.greater(found["_source_offset"], 0)) == [file]
    assert keep_rows(table, file, lambda found: pc.greater(found["_source_offset"], 99)) == []
    (fewer,) = keep_rows(table, file, lambda found: pc.equal(found["_source_offset"], 12))
    assert fewer.file_path != file.file_path
    (batch,) = read_rows(table, [fewer], ("_source_offset", "value"))
    assert batch.to_pylist() == [{"_source_offset": 12, "value": "new"}]


def test_a_compaction_since_the_plan_has_moved_rows_and_brought_none(
    written: tuple[StrictCatalog, Table, int],
) -> None:
    catalog, table, planned = written
    put_together(catalog)
    append(catalog, rows([(0, 30)]))
    put_together(catalog)
    table.refresh()

    replace_rows(table, replacement(table, planned))

    found = content(catalog)
    assert [row[:2] for row in found] == [(0, 8), (0, 9), (0, 10), (0, 12), (0, 19), (0, 20), (0, 21), (0, 30), (1, 12)]
    assert [row[:2] for row in found if row[2] == "new"] == [(0, 10), (0, 12), (0, 19)]


def test_rows_of_the_range_that_came_since_are_refused_though_a_compaction_has_moved_them_on(
    written: tuple[StrictCatalog, Table, int],
) -> None:
    catalog, table, planned = written
    append(catalog, rows([(0, 13)]))
    put_together(catalog)
    table.refresh()
    before = content(catalog)

    with pytest.raises(TidegateError, match="1 files with rows of the range have come since"):
        replace_rows(table, replacement(table, planned))

    assert content(catalog) == before
