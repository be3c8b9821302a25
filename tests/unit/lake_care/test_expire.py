"""Old snapshots go with the files that only they had; all that is left can be read."""

from pathlib import Path

import pytest

from tests.unit.clients.strict_catalog import NAME, StrictCatalog, append, content, rows, to_branch
from tests.unit.lake_care.care_lake import Told, cared_for, files_there, opened
from tidegate.clients.lake_branch import branch_files, tag_what_was_before
from tidegate.clients.lake_exchange import Exchange, exchange_files
from tidegate.clients.lake_store import plain_path
from tidegate.errors import TransientError
from tidegate.lake_care import expire as expire_module
from tidegate.lake_care.expire import DAY_MS, expire, plan_expire
from tidegate.lake_care.orphans import find_orphans
from tidegate.settings import Settings

LATER = 100 * 365 * DAY_MS
"""So long after all commits that every one is old."""


@pytest.fixture
def cared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[StrictCatalog, Told]:
    return cared_for(tmp_path, monkeypatch)


def replaced(catalog: StrictCatalog, day: int) -> str:
    """Takes a day's one file out; its path."""
    table = catalog.load_table(NAME)
    (file,) = (task.file for task in table.scan(row_filter=f"day = {day}").plan_files())
    exchange_files(table, Exchange([file]))
    return plain_path(file.file_path)


def test_what_was_shown_is_what_goes_and_the_rest_can_be_read(cared: tuple[StrictCatalog, Told]) -> None:
    catalog, told = cared
    append(catalog, rows([(0, 1)], day=1))
    append(catalog, rows([(0, 2)], day=2))
    doomed = replaced(catalog, 1)
    append(catalog, rows([(0, 3)], day=3))
    before = files_there(catalog)

    shown = plan_expire(Settings(), NAME, 7, LATER)
    assert (len(shown.expiry.expired), shown.data_files) == (3, 1)
    assert files_there(catalog) == before and told == []

    done = expire(Settings(), NAME, 7, LATER)

    assert done == shown
    gone = before - files_there(catalog)
    assert doomed in gone and len(gone) == shown.data_files + shown.metadata_files
    assert content(catalog) == [(0, 2, "old"), (0, 3, "old")]
    assert len(catalog.load_table(NAME).metadata.snapshots) == 1
    assert told == [("lake expire", NAME, {"snapshots": 3, "data_files": 1, "metadata_files": shown.metadata_files})]
    assert find_orphans(Settings(), opened(catalog), NAME, 3, LATER).files == (), "and nothing is left over"


def test_what_a_branch_and_a_tag_hold_stays_with_its_files(cared: tuple[StrictCatalog, Told]) -> None:
    catalog, _ = cared
    append(catalog, rows([(0, 1)], day=1))
    second = append(catalog, rows([(0, 2)], day=2))
    tag_what_was_before(catalog.load_table(NAME), second, "before-r1")
    doomed = replaced(catalog, 1)
    to_branch(catalog, rows([(0, 9)], day=9), "replay-r1")
    append(catalog, rows([(0, 3)], day=3))

    done = expire(Settings(), NAME, 7, LATER)

    assert [kept.why for kept in done.expiry.kept] == ["the tag before-r1", "the branch replay-r1"]
    table = catalog.load_table(NAME)
    assert [file.record_count for file in branch_files(table, "replay-r1")] == [1]
    for snapshot in table.metadata.snapshots:
        assert table.scan(snapshot_id=snapshot.snapshot_id).to_arrow().num_rows > 0, "each can be read"
    assert doomed in files_there(catalog), "the tag still has it"
    assert len(done.expiry.expired) == 1


def test_a_commit_that_comes_between_is_kept_with_its_files(cared: tuple[StrictCatalog, Told]) -> None:
    catalog, _ = cared
    append(catalog, rows([(0, 1)], day=1))
    append(catalog, rows([(0, 2)], day=2))
    replaced(catalog, 1)

    def somebody_else() -> None:
        append(catalog, rows([(0, 3)], day=3))

    catalog.before_commit = somebody_else

    done = expire(Settings(), NAME, 7, LATER)

    assert content(catalog) == [(0, 2, "old"), (0, 3, "old")]
    assert done.data_files == 1
    assert find_orphans(Settings(), opened(catalog), NAME, 3, LATER).files == ()


def test_where_others_commit_all_the_time_nothing_is_removed(
    cared: tuple[StrictCatalog, Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog, _ = cared
    append(catalog, rows([(0, 1)], day=1))
    append(catalog, rows([(0, 2)], day=2))
    before = files_there(catalog)
    monkeypatch.setattr(expire_module, "drop_snapshots", lambda _table, _gone: False)

    with pytest.raises(TransientError, match="no snapshot and no file was removed"):
        expire(Settings(), NAME, 7, LATER)

    assert files_there(catalog) == before


def test_where_there_is_nothing_to_do_nothing_is_told(cared: tuple[StrictCatalog, Told]) -> None:
    catalog, told = cared
    append(catalog, rows([(0, 1)]))

    done = expire(Settings(), NAME, 7, LATER)

    assert (done.expiry.expired, done.data_files, told) == ((), 0, [])
    facts = done.facts()
    assert (facts["table"], facts["expiry"]["expired"]) == (NAME, 0)


def test_a_table_that_was_never_written_to_is_left_as_it_is(cared: tuple[StrictCatalog, Told]) -> None:
    assert expire(Settings(), NAME, 7, LATER).expiry.snapshots == 0
