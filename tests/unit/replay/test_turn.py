"""One replay at a time, from its plan to its end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tidegate.clients.flink import FlinkJob
from tidegate.errors import TidegateError
from tidegate.replay import turn as module
from tidegate.replay.turn import replay_turn
from tidegate.settings import Settings


class Cluster:
    """Knows these jobs."""

    def __init__(self) -> None:
        self.known = [FlinkJob("r1", "refine", "RUNNING", 0), FlinkJob("p1", "replay", "FINISHED", 0)]

    def jobs(self) -> list[FlinkJob]:
        return self.known

    def live_job(self, name: str) -> FlinkJob | None:
        return next((job for job in self.known if job.name == name and job.live), None)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    cluster = Cluster()
    monkeypatch.setattr(module, "FlinkClient", lambda _: cluster)
    yield cluster


@pytest.mark.usefixtures("cluster")
def test_a_second_replay_is_refused_before_it_plans_and_may_have_the_next_turn(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with (
        replay_turn(settings),
        pytest.raises(TidegateError, match="another `tidegate replay` is at work"),
        replay_turn(settings),
    ):
        pytest.fail("two turns at once")

    with replay_turn(settings) as turn:
        turn.still_mine()


def test_a_replay_that_runs_is_seen_before_the_plan(cluster: Cluster, tmp_path: Path) -> None:
    cluster.known.append(FlinkJob("p2", "replay", "RUNNING", 0))

    with (
        pytest.raises(TidegateError, match="a replay runs already: the Flink job replay "),
        replay_turn(Settings(home=tmp_path)),
    ):
        pytest.fail("planned beside a running one")


@pytest.mark.parametrize("state", ["RUNNING", "FINISHED"])
def test_a_plan_is_out_of_date_if_another_machine_has_replayed_meanwhile(
    cluster: Cluster, tmp_path: Path, state: str
) -> None:
    with replay_turn(Settings(home=tmp_path)) as turn:
        cluster.known.append(FlinkJob("p2", "replay", state, 0))

        with pytest.raises(TidegateError, match="started while this one was planned"):
            turn.still_mine()


def test_the_job_of_a_turn_is_the_one_that_was_not_there_before(cluster: Cluster, tmp_path: Path) -> None:
    with replay_turn(Settings(home=tmp_path)) as turn:
        cluster.known += [FlinkJob("r2", "refine", "RUNNING", 0), FlinkJob("p2", "replay", "CREATED", 0)]

        assert turn.started() == "p2"
