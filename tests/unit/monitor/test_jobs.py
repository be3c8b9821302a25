"""What Flink's answers mean."""

import math
import threading
import time
from collections.abc import Iterable
from typing import Any

import pytest

from tidegate.clients.flink import FlinkClient, FlinkJob, Vertex
from tidegate.errors import TidegateError, TransientError
from tidegate.monitor import jobs
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
        self.latest: Any = {"completed": {"latest_ack_timestamp": 5_000}}
        self.error: TidegateError | None = None
        self.gone: TidegateError | None = None
        self.thawed: threading.Event | None = None
        self.asked = 0
        self.sums: tuple[float, ...] = (100.0, 90.0, 90.0)
        self.datasets: dict[str, tuple[str, ...]] = {}

    def jobs(self) -> list[FlinkJob]:
        self.asked += 1
        if self.thawed is not None:
            self.thawed.wait(30)
        if self.error is not None:
            raise self.error
        return self.known

    def running(self, job_id: str) -> bool:
        if self.gone is not None:
            raise self.gone
        return job_id == "running"

    def checkpoints(self, job_id: str) -> dict[str, Any]:
        return {"latest": self.latest}

    def restarts(self, job_id: str) -> float | None:
        return 4.0

    def parameters(self, job_id: str) -> dict[str, str]:
        return {f"tidegate.dataset.{name}": "abc" for name in self.datasets.get(job_id, ())}

    def vertices(self, job_id: str) -> list[Vertex]:
        return VERTICES

    def metric_names(self, job_id: str, vertex_id: str) -> list[str]:
        return [*OTHERS, *NAMES] if vertex_id == "d2" else OTHERS

    def metric_sums(self, job_id: str, vertex_id: str, names: Iterable[str]) -> dict[str, float]:
        return dict(zip(names, self.sums, strict=False))


def values(samples: Iterable[Any]) -> dict[tuple[str, str], Any]:
    return {(sample.metric.name.removeprefix("tidegate_"), sample.labels[0]): sample.value for sample in samples}


def test_a_job_that_restarts_or_is_not_there_is_down() -> None:
    cluster = Cluster(FlinkJob("running", "refine", "RUNNING", 1), FlinkJob("b", "lake", "RESTARTING", 7_000),
                      FlinkJob("c", "index", "FAILED", 1))  # fmt: skip
    found = values(JobReader({"flink": cluster}, {"refine": 2, "lake": 60, "index": 5}, 5).read())
    assert {name: found["job_up", name] for name in ("refine", "lake", "index")} == {"refine": 1, "lake": 0, "index": 0}
    assert found["checkpoint_age_seconds", "refine"] == Since(5.0)
    assert found["up", "flink"] == 1
    assert found["job_restarts_total", "refine"] == 4
    assert found["checkpoint_interval_seconds", "index"] == 5


@pytest.mark.parametrize(
    ("latest", "expected"),
    [
        ({}, 0.0),
        ({"completed": None, "savepoint": None}, 0.0),
        ({"completed": {"latest_ack_timestamp": 9_000}}, 9.0),
        ({"completed": {"latest_ack_timestamp": 9_000}, "savepoint": {"latest_ack_timestamp": 11_000}}, 11.0),
    ],
)
def test_the_newest_checkpoint_or_savepoint_counts(latest: Any, expected: float) -> None:
    assert last_checkpoint_s({"latest": latest}) == expected


def test_a_job_that_begins_again_and_again_does_not_make_its_last_checkpoint_younger() -> None:
    """Nor does its absence between two starts."""
    cluster = Cluster(FlinkJob("running", "refine", "RUNNING", 3_000))
    cluster.latest = {}
    reader = JobReader({"flink": cluster}, {"refine": 2}, 5)

    def since() -> Any:
        return values(reader.read())["checkpoint_age_seconds", "refine"]

    assert since() == Since(3.0)
    cluster.known = [FlinkJob("running", "refine", "RUNNING", 900_000)]
    assert since() == Since(3.0)
    cluster.known = []
    assert since() == Since(3.0)
    cluster.known = [FlinkJob("running", "refine", "RUNNING", 950_000)]
    cluster.latest = {"completed": {"latest_ack_timestamp": 960_000}}
    assert since() == Since(960.0)


def test_a_job_that_was_never_there_has_an_age_too() -> None:
    reader = JobReader({"flink": Cluster()}, {"refine": 2}, 5)
    first, second = (values(reader.read())["checkpoint_age_seconds", "refine"] for _ in range(2))
    assert first == second
    assert abs(first.at_s - time.time()) < 60


def up(reader: JobReader) -> dict[str, Any]:
    return {name: value for (metric, name), value in values(reader.read()).items() if metric == "job_up"}


def test_a_job_of_one_dataset_is_looked_after_under_its_own_name() -> None:
    shared, own = FlinkJob("running", "refine", "RUNNING", 1), FlinkJob("b", "refine.readings", "RESTARTING", 1)
    cluster = Cluster(shared, own)
    cluster.datasets = {"running": ("clicks",), "b": ("readings",)}
    contracts = ["clicks", "readings"]
    reader = JobReader({"flink": cluster}, {"refine": 2}, 5, lambda: contracts)
    assert up(reader) == {"refine": 1, "refine.readings": 0}
    assert values(reader.read())["checkpoint_interval_seconds", "refine.readings"] == 2
    cluster.known = [shared]
    assert up(reader) == {"refine": 1, "refine.readings": 0}, "its dataset runs nowhere"
    contracts.remove("readings")
    assert up(reader) == {"refine": 1}, "its dataset is gone"


def test_a_dataset_that_moves_to_another_job_leaves_none_missing() -> None:
    cluster = Cluster(FlinkJob("running", "refine", "RUNNING", 1), FlinkJob("b", "refine.readings", "RUNNING", 1))
    cluster.datasets = {"running": ("clicks",), "b": ("readings",)}
    reader = JobReader({"flink": cluster}, {"refine": 2}, 5, lambda: ["clicks", "readings"])
    assert up(reader).keys() == {"refine", "refine.readings"}
    cluster.known, cluster.datasets = cluster.known[:1], {"running": ("clicks", "readings")}
    assert up(reader) == {"refine": 1}


def test_where_every_dataset_has_its_own_job_none_is_missed_that_all_share() -> None:
    cluster = Cluster(FlinkJob("running", "refine.clicks", "RUNNING", 1))
    assert up(JobReader({"flink": cluster}, {"refine": 2, "lake": 5}, 5)) == {"refine.clicks": 1, "lake": 0}


def test_jobs_are_found_on_whichever_job_manager_has_them() -> None:
    clients = {
        "flink a:1": Cluster(FlinkJob("running", "refine", "RUNNING", 1)),
        "flink b:1": Cluster(FlinkJob("running", "lake", "RUNNING", 1)),
    }
    found = values(JobReader(clients, {"refine": 2, "lake": 60, "index": 5}, 5).read())
    assert {name: found["job_up", name] for name in ("refine", "lake", "index")} == {"refine": 1, "lake": 1, "index": 0}
    assert (found["up", "flink a:1"], found["up", "flink b:1"]) == (1, 1)


def test_a_job_manager_that_is_away_is_told_by_name_and_its_jobs_are_not_said_to_be_down() -> None:
    away, here = Cluster(), Cluster(FlinkJob("running", "refine", "RUNNING", 1))
    away.error = TransientError("nobody there", remedy="")
    told: list[Any] = []
    with pytest.raises(TransientError, match="nobody there"):
        told.extend(JobReader({"flink a:1": away, "flink b:1": here}, {"refine": 2, "lake": 60}, 5).read())
    found = values(told)
    assert (found["up", "flink a:1"], found["up", "flink b:1"]) == (0, 1)
    assert found["job_up", "refine"] == 1
    assert ("job_up", "lake") not in found


def test_a_job_manager_that_hangs_is_given_up_and_not_asked_twice_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "ANSWER_S", 0.05)
    thawed = threading.Event()
    hanging, here = Cluster(), Cluster(FlinkJob("running", "refine", "RUNNING", 1))
    hanging.thawed = thawed
    reader = JobReader({"flink a:1": hanging, "flink b:1": here}, {"refine": 2, "lake": 60}, 5)
    for _ in range(3):
        told: list[Any] = []
        with pytest.raises(TransientError, match=r"flink a:1 has not answered within 0\.05 s"):
            told.extend(reader.read())
        assert (values(told)["up", "flink a:1"], values(told)["job_up", "refine"]) == (0, 1)
    assert hanging.asked == 1
    thawed.set()


def test_a_job_that_ends_between_two_questions_is_not_there_and_flink_is() -> None:
    cluster = Cluster(FlinkJob("running", "refine", "RUNNING", 1))
    cluster.gone = TidegateError("Flink answered 404", remedy="")
    found = values(JobReader({"flink": cluster}, {"refine": 2}, 5).read())
    assert (found["up", "flink"], found["job_up", "refine"]) == (1, 0)


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
    reader = RefineReader({"flink": Cluster(FlinkJob("running", "refine", "RUNNING", 1))}, 5)
    assert values(reader.read()) == {("silver_rows_total", "clicks"): 90.0, ("duplicates_total", "clicks"): 10.0}
    assert list(RefineReader({"flink": Cluster()}, 5).read()) == []


def test_each_of_several_jobs_that_refine_is_told() -> None:
    first, second = (Cluster(FlinkJob("running", name, "RUNNING", 1)) for name in ("refine", "refine.readings"))
    second.sums = (7.0, 7.0, 7.0)
    told = list(RefineReader({"flink a:1": first, "flink b:1": second}, 5).read())
    assert [sample.value for sample in told] == [90.0, 10.0, 7.0, 0.0]


@pytest.mark.parametrize("sums", [(), (100.0, 90.0), (100.0, 90.0, math.nan)])
def test_counters_that_are_not_whole_are_not_told_as_0(sums: tuple[float, ...]) -> None:
    """Prometheus takes a counter that falls for one that began anew, and adds all of it again."""
    cluster = Cluster(FlinkJob("running", "refine", "RUNNING", 1))
    cluster.sums = sums
    assert list(RefineReader({"flink": cluster}, 5).read()) == []


def test_refine_is_looked_for_on_every_job_manager() -> None:
    away, here = Cluster(), Cluster(FlinkJob("running", "refine", "RUNNING", 1))
    away.error = TransientError("nobody there", remedy="")
    reader = RefineReader({"flink a:1": away, "flink b:1": here}, 5)
    for _ in range(2):
        assert len(values(reader.read())) == 2
    here.known = []
    with pytest.raises(TransientError, match="nobody there"):
        list(reader.read())
