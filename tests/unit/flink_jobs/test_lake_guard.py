"""A state that the lake is ahead of is refused; tests/flink/test_older_state.py shows what it would do."""

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from flink_jobs import lake_guard
from flink_jobs.job import StateFacts
from flink_jobs.lake_guard import is_ahead, job_in, refuse_older_state
from tests.lake import DiskCatalog
from tests.unit.sql.visits import stream
from tidegate.clients.lake_commits import FlinkCommit
from tidegate.errors import TidegateError
from tidegate.settings import Settings

JOB, OTHER = "a" * 32, "b" * 32
CHECKPOINT = f"file:///checkpoints/lake/{JOB}/chk-7"
SAVEPOINT = f"file:///savepoints/lake/savepoint-{JOB[:6]}-0123456789ab"
MOVED = "file:///kept/yesterday"


def state(path: str = CHECKPOINT, checkpoint_id: int = 7, written_ms: int = 1000) -> StateFacts:
    return StateFacts(frozenset(), {}, timedelta(0), path, written_ms, checkpoint_id)


def commit(checkpoint_id: int, at_ms: int, job: str = JOB) -> FlinkCommit:
    return FlinkCommit(1, job, checkpoint_id, at_ms)


@pytest.mark.parametrize("path", [CHECKPOINT, SAVEPOINT, MOVED])
def test_the_commit_of_the_state_itself_comes_after_it_and_is_no_reason(path: str) -> None:
    assert not is_ahead(commit(7, at_ms=1050), state(path))
    assert not is_ahead(commit(5, at_ms=900), state(path))


@pytest.mark.parametrize("path", [CHECKPOINT, SAVEPOINT, MOVED])
@pytest.mark.parametrize("job", [JOB, OTHER])
def test_a_later_checkpoint_is_ahead_of_whichever_job(path: str, job: str) -> None:
    assert is_ahead(commit(8, at_ms=2000, job=job), state(path))


def test_a_job_that_began_at_1_again_is_ahead_by_its_time() -> None:
    assert is_ahead(commit(2, at_ms=2000, job=OTHER), state())
    assert not is_ahead(commit(90, at_ms=500, job=OTHER), state(checkpoint_id=2, written_ms=1000))


def test_the_job_is_told_by_the_path_where_it_is() -> None:
    assert job_in(CHECKPOINT) == JOB
    assert job_in(SAVEPOINT + "/") == JOB[:6]
    assert job_in(MOVED) == ""


def test_the_dataset_whose_table_is_ahead_is_refused_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, catalog = pa.table({"n": [1]}), DiskCatalog(tmp_path)
    monkeypatch.setattr(lake_guard, "open_catalog", lambda _settings: catalog)
    monkeypatch.setattr(lake_guard, "find_table", lambda found, name: found.tables.get(name))
    settings, visits = Settings.model_construct(), stream()
    refuse_older_state(visits, settings, state())
    table = catalog.create(f"silver.{visits.name}", rows.schema)
    said = {"flink.job-id": JOB, "flink.max-committed-checkpoint-id": "7"}
    table.append(rows, snapshot_properties=said)
    refuse_older_state(visits, settings, state())
    table.append(rows, snapshot_properties=said | {"flink.max-committed-checkpoint-id": "8"})
    table.append(rows)
    with pytest.raises(TidegateError, match=f"silver.{visits.name} has commits that are newer") as refused:
        refuse_older_state(visits, settings, state())
    assert "--recover-from" in str(refused.value.remedy)
