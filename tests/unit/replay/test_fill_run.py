"""Killed at any step and called again, silver's next topics have each record once; what is in doubt is filled anew."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.replay.plans import plan
from tests.unit.sql.visits import stream
from tidegate.clients.flink import FlinkJob
from tidegate.errors import TidegateError
from tidegate.replay import fill_run
from tidegate.replay.fill_run import Ends, as_text, asked_ends, ends_now, fill, fill_job
from tidegate.replay.filled import Filled
from tidegate.replay.range_plan import NextSilver
from tidegate.replay.row_range import RowRange
from tidegate.replay.store import FILLING, Status, load_status, store_plan, store_status
from tidegate.settings import Settings
from tidegate.sql.replay_silver import Filling

VISITS = stream()
PLAN = plan(
    dataset="visits",
    target="lake,silver",
    rows=RowRange({0: (10, 20), 1: (3, 5)}),
    silver=NextSilver(2, 2, 100, 1000),
)
E1: Ends = {"silver": {0: 50, 1: 40}, "dropped": {0: 5, 1: 0}}
E2: Ends = {"silver": {0: 60, 1: 40, 2: 7}, "dropped": {0: 6, 1: 0, 2: 0}}
STEPS = ("make_next", "as_while_filled", "begin", "wait_until_ended", "compare", "as_contracted", "store_status")


class Killed(BaseException):
    """The command ends here."""


class Topics:
    """What was written to the next topics: spans of the old ones, and whether the range; and Flink's jobs."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.written: list[Filling] = []
        self.jobs: list[FlinkJob] = []
        self.now = 1000
        self.outcome = "FINISHED"
        self.faults: tuple[str, ...] = ()
        self.removed: tuple[str, ...] = ()
        self.contracted = 0
        self.keeps: list[bool] = []
        """Whether the topics keep time stamps, as each job begins."""
        self.kept = False
        self.since: list[object] = []
        self.cancelled: list[str] = []
        self.kill: tuple[str, int, str] | None = None
        self.calls: dict[str, int] = {}
        self.spans = {
            "silver.visits": {0: (5, 70), 1: (0, 40)},
            "dropped.visits": {0: (0, 9), 1: (0, 0)},
            "raw.visits": {0: (12, 90), 1: (9, 90)},
        }

    def run(self, ends: Ends = E1) -> Status:
        return fill(self.settings, PLAN, load_status(self.settings, PLAN.plan_id), ends)

    def step(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            self.calls[name] = self.calls.get(name, 0) + 1
            if self.kill == (name, self.calls[name], "before"):
                raise Killed
            result = real(*given, **named)
            if self.kill == (name, self.calls[name], "after"):
                raise Killed
            return result

        return call

    def make(self, _settings: Settings, _stream: object, version: int) -> None:
        assert version == 2
        self.kept = True
        self.written.clear()

    def keep(self, _settings: Settings, _stream: object, version: int) -> None:
        assert version == 2
        self.kept = True

    def begin(self, _settings: Settings, _client: object, name: str, arguments: list[str]) -> FlinkJob:
        self.written.append(Filling.from_json(Path(arguments[-1]).read_text()))
        self.keeps.append(self.kept)
        self.now += 1
        self.jobs.append(FlinkJob(f"job-{len(self.jobs)}", name, self.outcome, self.now))
        self.now += 1
        return self.jobs[-1]

    def topic_spans(self, _: Settings, topic: str) -> dict[int, tuple[int, int]]:
        if topic.endswith(".v2"):
            return {0: (0, sum(end for each in self.written for _, end in each.silver.values()))}
        return self.spans[topic]

    def compare(self, *given: Any) -> Filled:
        self.since.append(given[-1])
        return Filled(rows=10, of_range=2, marks=1, left_out=0, faults=self.faults)

    def contract(self, *_: object) -> None:
        self.contracted += 1
        self.kept = False

    def content(self) -> list[tuple[int, int]]:
        """What of the old topic's partition 0 was copied."""
        return [each.silver[0] for each in self.written]


@pytest.fixture
def topics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Topics:
    settings = Settings(home=tmp_path)
    found = Topics(settings)
    store_plan(settings, PLAN)
    store_status(settings, PLAN.plan_id, Status(FILLING, snapshot_id=8))
    steps: dict[str, Callable[..., Any]] = {
        "make_next": found.make,
        "as_while_filled": found.keep,
        "begin": found.begin,
        "wait_until_ended": lambda _client, job_id: next(job for job in found.jobs if job.job_id == job_id),
        "compare": found.compare,
        "as_contracted": found.contract,
        "store_status": store_status,
    }
    for name, real in steps.items():
        monkeypatch.setattr(fill_run, name, found.step(name, real))
    client = SimpleNamespace(jobs=lambda: found.jobs, exceptions=lambda _: ["no room"], cancel=found.cancelled.append)
    monkeypatch.setattr(fill_run, "FlinkClient", lambda _: client)
    monkeypatch.setattr(fill_run, "now_ms", lambda: found.now)
    monkeypatch.setattr(fill_run, "load_stream", lambda *_: VISITS)
    monkeypatch.setattr(fill_run, "topic_spans", found.topic_spans)
    monkeypatch.setattr(fill_run, "removed", lambda *_: found.removed)
    monkeypatch.setattr(fill_run, "delete_groups", lambda *_: None)
    monkeypatch.setattr(fill_run, "wait_until_gone", lambda *_: None)
    return found


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", [1, 2, 3, 4])
@pytest.mark.parametrize("step", STEPS)
def test_a_command_that_was_killed_goes_on_and_ends_as_one_that_was_not(
    topics: Topics, step: str, call: int, when: str
) -> None:
    topics.kill = (step, call, when)
    try:
        topics.run()
    except Killed:
        topics.kill = None
        topics.run()
    else:
        assert call > topics.calls.get(step, 0)
    ended = load_status(topics.settings, PLAN.plan_id)
    assert (ended.state, ended.filled_to) == (FILLING, as_text(E1))
    assert ended.filled == {"rows": 10, "of_range": 2, "marks": 1, "left_out": 0}
    assert topics.content() == [(5, 50)]
    assert topics.contracted >= 1
    assert topics.run() == ended


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", [1, 2, 3])
@pytest.mark.parametrize("step", STEPS)
def test_the_same_of_what_came_since(topics: Topics, step: str, call: int, when: str) -> None:
    topics.run()
    topics.calls.clear()
    topics.kill = (step, call, when)
    try:
        topics.run(E2)
    except Killed:
        topics.kill = None
        topics.run(E2)
    assert load_status(topics.settings, PLAN.plan_id).filled_to == as_text(E2)
    assert topics.content() in ([(5, 50), (50, 60)], [(5, 60)])
    assert sum(each.makes for each in topics.written) == 1
    assert all(topics.keeps)


def test_it_begins_at_the_beginnings_and_makes_what_raw_still_has_of_the_range(topics: Topics) -> None:
    topics.run()
    [filling] = topics.written
    assert filling.silver == {0: (5, 50), 1: (0, 40)}
    assert filling.dropped == {0: (0, 5), 1: (0, 0)}
    assert filling.within == PLAN.rows.spans
    assert filling.made == {0: (12, 20), 1: (0, 0)}
    assert topics.since == [{}]


def test_what_came_since_is_added_without_the_range_and_counted_with_the_rest(topics: Topics) -> None:
    topics.run()
    status = topics.run(E2)
    assert topics.written[1].silver == {0: (50, 60), 1: (40, 40), 2: (0, 7)}
    assert topics.written[1].within == PLAN.rows.spans
    assert not topics.written[1].makes
    assert topics.since[1] == {"silver": {"0": 90}, "dropped": {"0": 90}}
    assert status.filled["rows"] == 20
    assert topics.calls["make_next"] == 1


def test_a_job_that_failed_is_told_and_all_is_filled_anew(topics: Topics) -> None:
    topics.outcome = "FAILED"
    with pytest.raises(TidegateError, match="ended as FAILED: no room"):
        topics.run()
    topics.outcome = "FINISHED"
    topics.run()
    assert topics.content() == [(5, 50)]
    topics.outcome = "FAILED"
    with pytest.raises(TidegateError, match="ended as FAILED"):
        topics.run(E2)
    topics.outcome = "FINISHED"
    assert topics.run(E2).filled["rows"] == 10
    assert topics.content() == [(5, 60)]


@pytest.mark.parametrize("what", ["faults", "removed"])
def test_topics_that_are_not_what_they_are_to_be_are_filled_anew(topics: Topics, what: str) -> None:
    setattr(topics, what, ("silver.visits.v2 lacks 1 rows",))
    with pytest.raises(TidegateError, match=r"not what they are to be: silver\.visits\.v2 lacks 1 rows\."):
        topics.run()
    assert (topics.contracted, load_status(topics.settings, PLAN.plan_id).filled_to) == (0, {})
    setattr(topics, what, ())
    topics.run()
    assert (len(topics.jobs), topics.content()) == (2, [(5, 50)])


def test_a_job_that_fills_up_to_other_ends_is_ended_and_its_topics_are_filled_anew(topics: Topics) -> None:
    topics.kill = ("wait_until_ended", 1, "before")
    topics.outcome = "RUNNING"
    with pytest.raises(Killed):
        topics.run()
    topics.outcome = "FINISHED"
    topics.run(E2)
    assert topics.cancelled == ["job-0"]
    assert topics.content() == [(5, 60)]


def test_the_job_that_wrote_the_lake_is_not_taken_for_it(topics: Topics) -> None:
    topics.jobs.append(FlinkJob("lake", PLAN.job_name, "FINISHED", 5))
    client: Any = SimpleNamespace(jobs=lambda: topics.jobs)
    status = Status(FILLING, job_id="lake", started_at=5)
    assert fill_job(client, PLAN, status) is None
    assert fill_job(client, PLAN, replace(status, fill_started_at=9)) is None


def test_ends_are_those_of_both_topics(topics: Topics) -> None:
    assert ends_now(topics.settings, VISITS, 1) == {"silver": {0: 70, 1: 40}, "dropped": {0: 9, 1: 0}}
    assert asked_ends(Status()) is None
    topics.run()
    status = load_status(topics.settings, PLAN.plan_id)
    assert asked_ends(status) == E1
    assert json.loads(json.dumps(status.filled_to)) == as_text(E1)
