"""Files that nothing names go; no other file does."""

import os
import time
from pathlib import Path

import pyarrow as pa
import pytest

from tests.unit.clients.strict_catalog import NAME, StrictCatalog, append, branch_of, content, rows, to_branch
from tests.unit.lake_care.care_lake import Told, cared_for, files_there, opened
from tidegate.clients.lake_commits import CHECKPOINT_ID, OPERATOR_ID
from tidegate.clients.lake_store import StoredFile, plain_path
from tidegate.errors import TidegateError
from tidegate.lake_care.expire import DAY_MS
from tidegate.lake_care.orphans import find_orphans, remove_orphans
from tidegate.settings import Settings

NOW = int(time.time() * 1000) + 10 * DAY_MS


@pytest.fixture
def cared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[StrictCatalog, Told]:
    catalog, told = cared_for(tmp_path, monkeypatch)
    append(catalog, rows([(0, 1)]))
    return catalog, told


def stray(catalog: StrictCatalog, days_ago: float, name: str = "data/day=1/stray.parquet") -> str:
    """A file that nothing names, in the table's folder."""
    path = Path(plain_path(catalog.load_table(NAME).location())) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"123")
    at_s = NOW / 1000 - days_ago * 86_400
    os.utime(path, (at_s, at_s))
    return str(path)


def test_an_old_file_that_nothing_names_goes_and_every_other_stays(cared: tuple[StrictCatalog, Told]) -> None:
    catalog, told = cared
    to_branch(catalog, rows([(0, 2)]), "replay-r1")
    kept = files_there(catalog)
    old = {stray(catalog, 40), stray(catalog, 40, "metadata/old.avro")}
    young = stray(catalog, 2.9, "data/day=1/young.parquet")
    others = stray(catalog, 40, "metadata/of-trino.stats")

    found = find_orphans(Settings(), opened(catalog), NAME, 3, NOW)

    assert ({file.path for file in found.files}, found.younger, found.bytes) == (old, 1, 6)
    assert found.facts()["bytes"] == 6
    assert files_there(catalog) == {*kept, *old, young, others} and told == []

    assert remove_orphans(Settings(), opened(catalog), found) == 2

    assert files_there(catalog) == {*kept, young, others}
    assert content(catalog) == [(0, 1, "old")]
    assert told == [("lake orphans", NAME, {"files": 2, "bytes": 6})]


def test_a_file_that_was_named_after_it_was_listed_stays(cared: tuple[StrictCatalog, Told]) -> None:
    catalog, _ = cared
    before = files_there(catalog)
    listed = find_orphans(Settings(), opened(catalog), NAME, 3, NOW)
    append(catalog, rows([(0, 2)]))
    come = files_there(catalog) - before
    made_up = listed.__class__(NAME, (*listed.files, *_stored(come)), 0)

    assert remove_orphans(Settings(), opened(catalog), made_up) == 0

    assert come <= files_there(catalog)


def test_what_a_job_has_written_since_its_last_commit_stays_however_old(cared: tuple[StrictCatalog, Told]) -> None:
    """It may be in the job's state, and be committed when the job is started again."""
    catalog, _ = cared
    append(catalog, rows([(0, 2)]), **{CHECKPOINT_ID: "7", OPERATOR_ID: "a"})
    append(catalog, rows([(0, 3)]), **{CHECKPOINT_ID: "7", OPERATOR_ID: "b"})
    uncommitted = stray(catalog, 9.5)
    stray(catalog, 10.5, "data/day=1/while-it-committed.parquet")
    aborted = stray(catalog, 11.5, "data/day=1/before.parquet")

    found = find_orphans(Settings(), opened(catalog), NAME, 3, NOW)

    assert [file.path for file in found.files] == [aborted]
    assert found.younger == 2 and uncommitted in files_there(catalog)


def test_what_a_job_has_written_for_a_branch_since_its_last_commit_there_stays(
    cared: tuple[StrictCatalog, Told],
) -> None:
    """A replay or a load of files that has stood for days goes on with it."""
    catalog, _ = cared
    append(catalog, rows([(0, 2)]), **{CHECKPOINT_ID: "7", OPERATOR_ID: "a"})
    branch_of(catalog, NAME, "files-feed", before_last(catalog))
    uncommitted = stray(catalog, 9.5)

    found = find_orphans(Settings(), opened(catalog), NAME, 3, NOW)

    assert found.files == ()
    assert found.younger == 1 and uncommitted in files_there(catalog)


def before_last(catalog: StrictCatalog) -> int:
    last = catalog.load_table(NAME).current_snapshot()
    assert last is not None and last.parent_snapshot_id is not None
    return last.parent_snapshot_id


def test_a_folder_that_another_table_shares_is_not_looked_at(
    cared: tuple[StrictCatalog, Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog, _ = cared
    inner = catalog.create("silver.inner", pa.schema([("a", pa.int32())]))
    monkeypatch.setattr(type(inner), "location", lambda table: _place(catalog, table))

    with pytest.raises(TidegateError, match=r"is not its own: silver\.inner lies there too"):
        find_orphans(Settings(), opened(catalog), NAME, 3, NOW)


def _place(catalog: StrictCatalog, table: object) -> str:
    outer = catalog.tables[NAME].metadata.location
    return outer if ".".join(table.name()) == NAME else f"{outer}/inner"  # type: ignore[attr-defined]


def _stored(paths: set[str]) -> list[StoredFile]:
    return [StoredFile(path, 1, 0) for path in paths]
