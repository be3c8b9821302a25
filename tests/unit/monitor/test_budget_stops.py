"""Which datasets are told as stopped past their budget."""

from typing import Any, cast

from tidegate.clients.flink import Failure, FlinkClient, FlinkJob
from tidegate.metric_names import ERROR_BUDGET_STOPPED
from tidegate.monitor.budget_stops import BudgetStopReader

PASSED = "BudgetPassed: The error budget of clicks is passed: 4 dead letters in a row in partition 2"


class Cluster:
    """Its failed jobs, each with its cause."""

    def __init__(self, jobs: list[FlinkJob], causes: dict[str, str]) -> None:
        self.known = jobs
        self.causes = causes
        self.asked = 0

    def jobs(self) -> list[FlinkJob]:
        return self.known

    def newest_failure(self, job_id: str) -> Failure:
        self.asked += 1
        return Failure(1, self.causes[job_id])


def told(reader: BudgetStopReader) -> list[tuple[str, ...]]:
    samples = list(reader.read())
    assert all(sample.metric is ERROR_BUDGET_STOPPED and sample.value == 1.0 for sample in samples)
    return [tuple(sample.labels) for sample in samples]


def reader(cluster: Cluster) -> BudgetStopReader:
    return BudgetStopReader({"flink": cast(FlinkClient, cast(Any, cluster))}, 5)


def test_a_dataset_is_told_until_its_job_runs_again() -> None:
    cluster = Cluster([FlinkJob("a", "refine.clicks", "FAILED", 1)], {"a": PASSED})
    reads = reader(cluster)
    assert told(reads) == [("clicks",)]
    assert told(reads) == [("clicks",)]
    assert cluster.asked == 1
    cluster.known = [*cluster.known, FlinkJob("b", "refine.clicks", "RUNNING", 2)]
    assert told(reads) == []


def test_another_end_is_none_of_it() -> None:
    jobs = [
        FlinkJob("a", "refine", "FAILED", 1),
        FlinkJob("b", "lake", "FAILED", 1),
        FlinkJob("c", "refine.x", "CANCELED", 1),
    ]
    assert told(reader(Cluster(jobs, {"a": "OutOfMemoryError: heap", "b": PASSED, "c": PASSED}))) == []
