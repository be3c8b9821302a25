"""Which Flink jobs a stop ends, and what goes on after it."""

import pytest

from tidegate.clients.flink import FlinkJob
from tidegate.errors import TidegateError
from tidegate.jobs import stop as module
from tidegate.jobs.live import LiveJob
from tidegate.jobs.plan_start import GroupStart
from tidegate.jobs.stop import Stopped, stop_jobs
from tidegate.settings import Settings

SETTINGS = Settings(savepoints="file:///savepoints")
LIVE = [
    LiveJob("refine", "1", "refine", {"clicks": "a", "orders": "b"}),
    LiveJob("refine.readings", "2", "refine", {"readings": "c"}),
    LiveJob("lake", "3", "lake"),
]


class Cluster:
    """Flink, which runs what it is told to."""

    def __init__(self) -> None:
        self.names = [*(job.name for job in LIVE), "replay"]
        self.stopped: list[str] = []
        self.started: list[GroupStart] = []

    def live_job(self, name: str) -> FlinkJob | None:
        return FlinkJob(name, name, "RUNNING", 0) if name in self.names else None

    def stop(self, job_id: str, folder: str) -> str:
        self.stopped.append(job_id)
        return f"{folder}/savepoint-1"

    def cancel(self, job_id: str) -> None:
        self.stopped.append(job_id)
        self.names.remove(job_id)

    def start_groups(self, _settings: Settings, starts: list[GroupStart], _what: object) -> tuple[list[str], list[str]]:
        self.started += starts
        return [each.name for each in starts], []


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    cluster = Cluster()
    monkeypatch.setattr(module, "FlinkClient", lambda _settings: cluster)
    monkeypatch.setattr(module, "live_jobs", lambda _settings: LIVE)
    monkeypatch.setattr(module, "start_groups", cluster.start_groups)
    monkeypatch.setattr(module, "wait_until_running", lambda *_: None)
    return cluster


def test_a_kind_is_all_of_its_jobs_and_a_name_is_one(cluster: Cluster) -> None:
    stopped = stop_jobs(SETTINGS, ["refine"], savepoint=True)
    assert stopped == [
        Stopped(name, f"file:///savepoints/{name}/savepoint-1") for name in ("refine", "refine.readings")
    ]
    assert stop_jobs(SETTINGS, ["refine.readings", "replay"], savepoint=False) == [
        Stopped("refine.readings", None),
        Stopped("replay", None),
    ]
    assert sorted(cluster.stopped) == ["refine", "refine.readings", "refine.readings", "replay"]
    assert cluster.started == []


def test_a_dataset_alone_in_its_job_is_stopped_with_it(cluster: Cluster) -> None:
    (stopped,) = stop_jobs(SETTINGS, ["refine"], ["readings"], savepoint=True)
    assert (stopped.name, stopped.go_on, cluster.started) == ("refine.readings", (), [])


def test_those_that_shared_its_job_go_on_without_it(cluster: Cluster) -> None:
    (stopped,) = stop_jobs(SETTINGS, ["refine"], ["clicks"], savepoint=True)
    assert (stopped.name, stopped.go_on) == ("refine", ("orders",))
    assert cluster.started == [GroupStart("refine", "", ("orders",))]


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize(
    ("names", "datasets", "problem"),
    [
        (["index"], [], "the job index does not run"),
        (["refine.orders"], [], r"the job refine\.orders does not run"),
        (["refine"], ["visits"], "the job refine with visits does not run"),
        (["lake"], ["clicks"], "the job lake does not tell which datasets it has"),
    ],
)
def test_what_does_not_run_or_cannot_be_told_apart_is_refused(
    names: list[str], datasets: list[str], problem: str
) -> None:
    with pytest.raises(TidegateError, match=problem):
        stop_jobs(SETTINGS, names, datasets, savepoint=True)
