"""A job that a killed command has left is found again; what an earlier one has written aside is not taken for its."""

from typing import Any

import pytest

from tests.unit.replay.plans import PLAN
from tidegate.clients.flink import FlinkJob, Vertex
from tidegate.replay.store import WRITING, Status
from tidegate.replay.write_aside import job_of_plan, records_read


class Cluster:
    """Knows these jobs."""

    def __init__(self, *jobs: FlinkJob) -> None:
        self._jobs = [*jobs]

    def jobs(self) -> list[FlinkJob]:
        return self._jobs


def job(job_id: str, state: str, started_ms: int, name: str = PLAN.job_name) -> FlinkJob:
    return FlinkJob(job_id, name, state, started_ms)


def found(status: Status, *jobs: FlinkJob) -> str | None:
    cluster: Any = Cluster(*jobs)
    each = job_of_plan(cluster, PLAN, status)
    return each.job_id if each else None


def test_jobs_of_other_plans_are_others() -> None:
    assert (
        found(Status(WRITING, started_at=5), job("a", "RUNNING", 9, "replay"), job("b", "RUNNING", 9, "replay.x"))
        is None
    )


@pytest.mark.parametrize("state", ["RUNNING", "FINISHED"])
def test_the_job_of_a_killed_command_is_found_by_when_it_began(state: str) -> None:
    assert found(Status(WRITING, started_at=5), job("a", state, 9)) == "a"
    assert found(Status(WRITING, job_id="a", started_at=50), job("a", state, 9)) == "a"


def test_what_ended_before_the_last_beginning_is_none_of_it() -> None:
    assert found(Status(WRITING, started_at=50), job("a", "FINISHED", 9), job("b", "FAILED", 60)) == "b"
    assert found(Status(WRITING, started_at=50), job("a", "FINISHED", 9)) is None


def test_what_runs_is_always_ours() -> None:
    assert found(Status(WRITING, started_at=50), job("a", "RUNNING", 9)) == "a"


KAFKA, BRONZE = (
    "Source__KafkaSource-default_catalog_clicks_raw_records.numRecordsIn",
    "raw_records.numRecordsOut",
)
OTHERS = ["Calc[2].numRecordsIn", "numRecordsOut", f"{KAFKA}PerSecond", "Source__raw_bytes.numRecordsIn"]


class Counting(Cluster):
    """A job with two tasks, whose source has read from two readers; ``counter`` is the name of their count."""

    def __init__(self, counter: str) -> None:
        super().__init__()
        self._counter = counter

    def vertices(self, _job_id: str) -> list[Vertex]:
        source = "Source: KafkaSource-default_catalog.clicks.raw_records -> Calc[2]"
        return [Vertex("v1", source, ()), Vertex("v2", "IcebergSink", ("v1",))]

    def metric_names(self, _job_id: str, vertex_id: str) -> list[str]:
        assert vertex_id == "v1"
        return [self._counter, *OTHERS]

    def metric_sums(self, _job_id: str, _vertex_id: str, names: list[str]) -> dict[str, float]:
        assert names == [self._counter]
        return {names[0]: 42.0}


@pytest.mark.parametrize("counter", [KAFKA, BRONZE])
def test_what_its_source_has_read_is_counted(counter: str) -> None:
    cluster: Any = Counting(counter)
    assert records_read(cluster, "a") == 42
