"""What Flink's answers mean."""

from collections.abc import Iterable
from typing import Any

import pytest

from tidegate.clients.flink import FlinkClient, FlinkJob, Vertex
from tidegate.monitor.jobs import JobReader, RefineReader, counters, deduplications, last_checkpoint_s, refined
from tidegate.monitor.reading import Since
from tidegate.settings import Settings

VERTICES = [
    Vertex("d1", "Deduplicate[5] -> Calc[6] -> silver[7]: Writer -> silver[7]: Committer", ("s1",)),
    Vertex("s1", "Source: KafkaSource-default_catalog.app_logs.raw_records -> Calc[2]", ()),
    Vertex("s2", "Source: KafkaSource-default_catalog.clicks.raw_records -> Calc[9]", ()),
    Vertex("d2", "Deduplicate[18] -> Calc[19] -> silver[20]: Writer", ("s2",)),
    Vertex("x", "Deduplicate[40] -> other", ()),
]
NAMES = ["Deduplicate[18].numRecordsIn", "Deduplicate[18].numRecordsOut", "silver[20]__Writer.numRecordsIn"]
OTHERS = ["numRecordsIn", "Calc[19].numRecordsIn", "Deduplicate[18].numRecordsInPerSecond", "silver[20]__Committer.x"]


class Cluster(FlinkClient):
    """Runs refine; with ``lake`` restarting."""

    def __init__(self, *jobs: FlinkJob) -> None:
        super().__init__(Settings())
        self.known = list(jobs)

    def jobs(self) -> list[FlinkJob]:
        return self.known

    def running(self, job_id: str) -> bool:
        return job_id == "running"

    def checkpoints(self, job_id: str) -> dict[str, Any]:
        return {"latest": {"completed": {"latest_ack_timestamp": 5_000}}}

    def vertices(self, job_id: str) -> list[Vertex]:
        return VERTICES

    def metric_names(self, job_id: str, vertex_id: str) -> list[str]:
        return [*OTHERS, *NAMES] if vertex_id == "d2" else OTHERS

    def metric_sums(self, job_id: str, vertex_id: str, names: Iterable[str]) -> dict[str, float]:
        return dict(zip(names, (100.0, 90.0, 90.0), strict=True))


def values(samples: Iterable[Any]) -> dict[tuple[str, str], Any]:
    return {(sample.metric.name.removeprefix("tidegate_"), sample.labels[0]): sample.value for sample in samples}


def test_a_job_that_restarts_or_is_not_there_is_down() -> None:
    cluster = Cluster(FlinkJob("running", "refine", "RUNNING", 1), FlinkJob("b", "lake", "RESTARTING", 7_000),
                      FlinkJob("c", "index", "FAILED", 1))  # fmt: skip
    found = values(JobReader(cluster, {"refine": 2, "lake": 60, "index": 5}, 5).read())
    assert {name: found["job_up", name] for name in ("refine", "lake", "index")} == {"refine": 1, "lake": 0, "index": 0}
    assert found["checkpoint_age_seconds", "refine"] == Since(5.0)
    assert found["checkpoint_age_seconds", "lake"] == Since(7.0)
    assert ("checkpoint_age_seconds", "index") not in found
    assert found["checkpoint_interval_seconds", "index"] == 5


@pytest.mark.parametrize(
    ("latest", "expected"),
    [
        ({}, 3.0),
        ({"completed": None, "savepoint": None}, 3.0),
        ({"completed": {"latest_ack_timestamp": 9_000}}, 9.0),
        ({"completed": {"latest_ack_timestamp": 9_000}, "savepoint": {"latest_ack_timestamp": 11_000}}, 11.0),
    ],
)
def test_the_age_counts_from_the_newest_checkpoint_or_from_the_start(latest: Any, expected: float) -> None:
    job = FlinkJob("a", "refine", "RUNNING", 3_000)
    assert last_checkpoint_s(job, {"latest": latest}) == expected


def test_each_dataset_is_found_by_the_source_before_its_deduplication() -> None:
    assert {name: vertex.vertex_id for name, vertex in deduplications(VERTICES).items()} == {
        "app_logs": "d1",
        "clicks": "d2",
    }


def test_only_the_three_counters_are_asked_for_and_only_together() -> None:
    assert counters([*OTHERS, *NAMES]) == NAMES
    assert counters([*OTHERS, *NAMES[:2]]) == []


def test_what_the_deduplication_leaves_out_are_duplicates() -> None:
    assert refined(dict(zip(NAMES, (100.0, 90.0, 95.0), strict=True))) == (95.0, 10.0)
    assert refined(dict(zip(NAMES, (90.0, 91.0, 91.0), strict=True))) == (91.0, 0.0)


def test_refine_is_told_by_dataset_once_its_counters_are_there() -> None:
    reader = RefineReader(Cluster(FlinkJob("running", "refine", "RUNNING", 1)), 5)
    assert values(reader.read()) == {("silver_rows_total", "clicks"): 90.0, ("duplicates_total", "clicks"): 10.0}
    assert list(RefineReader(Cluster(), 5).read()) == []
