"""The newest commit of a Flink job is found behind those of others."""

from pathlib import Path

import pyarrow as pa
import pytest
from pyiceberg.table import Table

from tests.lake import DiskCatalog
from tidegate.clients.lake_commits import ancestors, newest_flink_commit

ROWS = pa.table({"n": [1]})


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return DiskCatalog(tmp_path).create("silver.clicks", ROWS.schema)


def flink(job: str, checkpoint: int) -> dict[str, str]:
    return {"flink.job-id": job, "flink.max-committed-checkpoint-id": str(checkpoint), "flink.operator-id": "x"}


def test_a_table_that_no_job_has_committed_to_has_none(table: Table) -> None:
    assert newest_flink_commit(table) is None
    table.append(ROWS)
    assert newest_flink_commit(table) is None


def test_the_newest_of_a_job_is_found_behind_commits_of_others(table: Table) -> None:
    table.append(ROWS, snapshot_properties=flink("a", 3))
    table.append(ROWS, snapshot_properties=flink("b", 4))
    of_b = table.current_snapshot()
    table.append(ROWS)
    commit = newest_flink_commit(table)
    assert of_b is not None and commit is not None
    assert (commit.job_id, commit.checkpoint_id) == ("b", 4)
    assert (commit.snapshot_id, commit.at_ms) == (of_b.snapshot_id, of_b.timestamp_ms)


def test_ancestors_are_the_newest_first(table: Table) -> None:
    table.append(ROWS)
    first = table.current_snapshot()
    assert first is not None
    table.append(ROWS)
    assert [each.snapshot_id for each in ancestors(table.metadata)][-1] == first.snapshot_id
    assert len([*ancestors(table.metadata)]) == 2
