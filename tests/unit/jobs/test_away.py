"""A dataset leaves its jobs and comes back; others that share them always run in the end, wherever it is cut short."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contracts import SCHEMAS
from tidegate.clients.flink import FlinkJob
from tidegate.errors import ContractError, TidegateError
from tidegate.job_names import job_of
from tidegate.jobs import away
from tidegate.jobs.away import bring_back, homes_of, lacking, refuse_what_could_not_start_again, take_out, without
from tidegate.jobs.live import LiveJob
from tidegate.jobs.plan_start import GroupStart
from tidegate.settings import Settings

SETTINGS = Settings(savepoints="s3://savepoints")
HOMES = (
    GroupStart("refine", "", ("app_logs", "clicks", "orders")),
    GroupStart("lake", "clicks-orders", ("clicks", "orders")),
    GroupStart("index", "clicks", ("clicks",)),
)


class Killed(BaseException):
    """The command ends here."""


class Cluster:
    """Flink, which runs what it is told to; its client is killed before or after a call."""

    def __init__(self) -> None:
        self.runs: dict[str, tuple[str, ...]] = {home.name: home.datasets for home in HOMES}
        self.runs["refine.readings"] = ("readings",)
        self.kill: tuple[str, int, str] | None = None
        self.calls: dict[str, int] = {}
        self.stopped: list[str] = []
        self.refuses = ""
        self.ends: Callable[[], object] = lambda: None

    def live_jobs(self, _settings: Settings) -> list[LiveJob]:
        return [LiveJob(name, name, job_of(name), dict.fromkeys(sets, "f")) for name, sets in self.runs.items()]

    def live_job(self, name: str) -> FlinkJob | None:
        return FlinkJob(name, name, "RUNNING", 0) if name in self.runs else None

    def stop(self, _settings: Settings, name: str, *, savepoint: bool) -> str:
        assert savepoint
        if self.refuses == name:
            self.ends()
            raise TidegateError("the savepoint failed: no.", remedy="Again.")
        self._count("stop", lambda: self.runs.pop(name))
        self.stopped.append(name)
        return f"s3://savepoints/{name}/1"

    def start_groups(
        self, _settings: Settings, starts: list[GroupStart], _what: object
    ) -> tuple[list[str], list[TidegateError]]:
        for each in starts:
            running = {(job.job, name) for job in self.live_jobs(SETTINGS) for name in job.fingerprints}
            assert each.name not in self.runs
            assert not running & {(each.job, name) for name in each.datasets}, "two would fence each other"
            self._count("start", lambda each=each: self.runs.update({each.name: each.datasets}))  # type: ignore[misc]
        return [each.name for each in starts], []

    def _count(self, call: str, real: Callable[[], object]) -> None:
        self.calls[call] = self.calls.get(call, 0) + 1
        if self.kill == (call, self.calls[call], "before"):
            raise Killed
        real()
        if self.kill == (call, self.calls[call], "after"):
            raise Killed


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    cluster = Cluster()
    monkeypatch.setattr(away, "FlinkClient", lambda _settings: cluster)
    for name in ("live_jobs", "stop", "start_groups"):
        monkeypatch.setattr(away, name, getattr(cluster, name))
    monkeypatch.setattr(away, "wait_until_running", lambda *_: None)
    monkeypatch.setattr(away, "_ENDING_S", 0.0)
    return cluster


def test_it_lives_in_one_job_of_each_kind_with_others(cluster: Cluster) -> None:
    live = cluster.live_jobs(SETTINGS)
    assert homes_of(live, "clicks", ("refine", "lake", "index", "metrics")) == HOMES
    with pytest.raises(TidegateError, match="does not tell which datasets"):
        homes_of([LiveJob("refine", "1", "refine")], "clicks", ["refine"])


def test_the_others_run_while_it_is_out_and_all_is_as_before_when_it_is_back(cluster: Cluster) -> None:
    before = dict(cluster.runs)

    assert take_out(SETTINGS, "clicks", HOMES) > 0
    assert cluster.runs == {
        "refine": ("app_logs", "orders"),
        "lake.clicks-orders": ("orders",),
        "refine.readings": ("readings",),
    }
    assert take_out(SETTINGS, "clicks", HOMES) == 0, "there is nothing left to do"

    assert bring_back(SETTINGS, "clicks", HOMES) > 0
    assert cluster.runs == before
    assert bring_back(SETTINGS, "clicks", HOMES) == 0
    assert "refine.readings" not in cluster.stopped, "a job without it is left alone"


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", [1, 2, 3])
@pytest.mark.parametrize("step", ["stop", "start"])
@pytest.mark.parametrize("move", [take_out, bring_back])
def test_killed_anywhere_and_made_again_it_ends_the_same(
    cluster: Cluster, move: Callable[..., float], step: str, call: int, when: str
) -> None:
    before = dict(cluster.runs)
    if move is bring_back:
        take_out(SETTINGS, "clicks", HOMES)
        cluster.calls.clear()
    cluster.kill = (step, call, when)
    try:
        move(SETTINGS, "clicks", HOMES)
    except Killed:
        cluster.kill = None
        move(SETTINGS, "clicks", HOMES)
    else:
        assert call > cluster.calls[step]
        cluster.kill = None
    if move is take_out:
        bring_back(SETTINGS, "clicks", HOMES)
    assert cluster.runs == before


def test_one_that_somebody_has_moved_meanwhile_takes_no_dataset_along(cluster: Cluster) -> None:
    cluster.runs["refine.clicks-payments"] = ("clicks", "payments")
    cluster.runs["refine"] = ("app_logs", "orders")
    take_out(SETTINGS, "clicks", HOMES)
    running = [name for job, sets in cluster.runs.items() if job_of(job) == "refine" for name in sets]
    assert sorted(running) == ["app_logs", "orders", "payments", "readings"]


def test_a_job_whose_savepoint_fails_goes_on_and_those_that_were_stopped_with_it_lose_nobody(cluster: Cluster) -> None:
    before, cluster.refuses = dict(cluster.runs), "lake.clicks-orders"
    with pytest.raises(TidegateError, match="the savepoint failed"):
        take_out(SETTINGS, "clicks", HOMES)
    assert cluster.runs["lake.clicks-orders"] == ("clicks", "orders")
    assert cluster.runs["refine"] == ("app_logs", "orders")
    cluster.refuses = "refine"
    with pytest.raises(TidegateError, match="the savepoint failed"):
        bring_back(SETTINGS, "clicks", HOMES)
    assert cluster.runs["refine"] == ("app_logs", "orders"), "clicks alone beside it would not be as before"
    cluster.refuses = ""
    bring_back(SETTINGS, "clicks", HOMES)
    assert cluster.runs == before


def test_a_job_that_an_earlier_command_is_stopping_is_waited_for(cluster: Cluster) -> None:
    cluster.refuses = "lake.clicks-orders"
    cluster.ends = lambda: cluster.runs.pop("lake.clicks-orders", None)
    take_out(SETTINGS, "clicks", HOMES)
    assert cluster.runs["lake.clicks-orders"] == ("orders",)


def test_what_runs_is_not_started_and_a_taken_name_is_not_used_again(cluster: Cluster) -> None:
    live = [LiveJob("lake.clicks-orders", "1", "lake", {"payments": "f"})]
    assert lacking(live, without(HOMES, "clicks")) == [
        GroupStart("refine", "", ("app_logs", "orders")),
        GroupStart("lake", "orders", ("orders",)),
    ]
    assert lacking(cluster.live_jobs(SETTINGS), HOMES) == []


def test_a_job_is_not_touched_that_could_not_be_started_again(tmp_path: Path) -> None:
    refuse_what_could_not_start_again(Settings(schemas_dir=SCHEMAS), HOMES)
    (tmp_path / "clicks").symlink_to(SCHEMAS / "clicks")
    with pytest.raises(ContractError, match="refine runs with app_logs, too, which could not be started again"):
        refuse_what_could_not_start_again(Settings(schemas_dir=tmp_path), HOMES)
