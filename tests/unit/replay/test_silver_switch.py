"""Killed at any step and typed again, a switch ends as if nothing had been; and it goes back as long as it can."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.contracts import SCHEMAS
from tests.unit.replay.switching import JOBS, PLAN, Killed, World
from tidegate.contracts.load import load_stream
from tidegate.errors import TidegateError, TransientError
from tidegate.replay import silver_switch
from tidegate.replay.store import DONE, FILLED, SWITCHED, SWITCHING, Status, store_status
from tidegate.settings import Settings

CLICKS = load_stream(SCHEMAS, "clicks")
STEPS = (
    "store_status",
    "wait_until_near",
    "take_out",
    "wait_until_sealed",
    "wait_until_read",
    "fill",
    "ends_of",
    "begin_at",
    "bring_back",
    "prove",
)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    settings = Settings(home=tmp_path, schemas_dir=SCHEMAS)
    world = World(settings)
    store_status(settings, PLAN.plan_id, Status(FILLED, filled={"rows": 5}))
    steps: dict[str, Callable[..., Any]] = {
        "store_status": store_status,
        "wait_until_near": lambda *_: None,
        "take_out": world.take_out,
        "wait_until_sealed": lambda *_: None,
        "wait_until_read": world.wait_until_read,
        "fill": world.fill,
        "ends_of": lambda *_: {"0": world.new},
        "begin_at": world.begin_at,
        "bring_back": world.bring_back,
        "prove": lambda *_: SimpleNamespace(holds=world.holds, verdict=lambda: "The proof holds."),
    }
    assert tuple(steps) == STEPS
    for name, real in steps.items():
        monkeypatch.setattr(silver_switch, name, world.step(name, real))
    monkeypatch.setattr(silver_switch, "live_jobs", world.live_jobs)
    monkeypatch.setattr(silver_switch, "refuse_what_could_not_start_again", lambda *_: None)
    monkeypatch.setattr(silver_switch, "end_filling", lambda *_: world.ended.append(dict(world.runs)))
    monkeypatch.setattr(silver_switch, "have_read", lambda *_: JOBS[1:])
    monkeypatch.setattr(silver_switch, "ends_now", lambda *_: {"silver": {0: world.old}, "dropped": {0: 0}})
    monkeypatch.setattr(silver_switch, "load_stream", lambda *_: CLICKS.of_silver_version(world.contract))

    @contextmanager
    def audited(_settings: Settings, action: Any) -> Iterator[dict[str, int]]:
        world.audit.append(action.action)
        yield {}

    monkeypatch.setattr(silver_switch, "audited", audited)
    return world


def assert_switched(world: World) -> None:
    """Each row was taken once by each reader, out of the old topic or the new one, and jobs are as they were."""
    status = world.status()
    assert (status.state, status.proof, status.proof_holds) == (DONE, "The proof holds.", True)
    assert world.runs == dict.fromkeys(JOBS, 2)
    assert world.filled == world.old, "all of the old topic is in the new one"
    assert world.taken == dict.fromkeys(JOBS[1:], world.old)
    assert world.placed == dict.fromkeys(JOBS[1:], world.filled)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", [1, 2, 3, 4])
@pytest.mark.parametrize("step", STEPS)
def test_a_switch_that_was_killed_goes_on_and_ends_as_one_that_was_not(
    world: World, step: str, call: int, when: str
) -> None:
    world.kill = (step, call, when)
    try:
        world.switch()
    except Killed:
        world.kill = None
        if world.status().state != DONE:
            world.switch()
    else:
        assert call > world.calls[step]
    assert_switched(world)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS[:6])
def test_one_that_was_killed_can_go_back_and_be_switched_later(world: World, step: str, when: str) -> None:
    world.kill = (step, 1, when)
    with pytest.raises(Killed):
        world.switch()
    world.kill = None
    if world.status().state == SWITCHING:
        with pytest.raises(TidegateError, match="says version 2 of silver, and jobs are to be started with 1"):
            world.back()
        world.contract = 1
        status = world.back()
        assert (status.state, status.jobs, status.filled) == (FILLED, {}, {"rows": 5})
    assert world.runs == dict.fromkeys(JOBS, 1)
    assert world.placed == {}
    world.contract = 2
    world.switch()
    assert_switched(world)


def test_whoever_goes_back_ends_the_job_that_was_filling(world: World) -> None:
    world.kill = ("fill", 1, "before")
    with pytest.raises(Killed):
        world.switch()
    world.contract = 1
    world.back()
    assert world.ended == [{}], "before jobs need its room to start"


def test_where_much_came_since_most_of_it_is_filled_in_before_anything_stops(world: World) -> None:
    world.old = 100_000
    world.switch()
    assert world.calls["fill"] == 2
    assert world.said[0].startswith("100,000 records came since the topics were filled")
    assert_switched(world)


def test_a_proof_that_does_not_hold_is_made_again_by_the_same_command(world: World) -> None:
    world.holds = False
    status = world.switch()
    assert (status.state, status.proof_holds) == (SWITCHED, False)
    world.holds = True
    world.switch()
    assert world.calls["begin_at"] == 1
    assert_switched(world)


def test_it_says_what_it_does_and_who_stood_still(world: World) -> None:
    world.switch()
    told = "\n".join(world.said)
    assert "refine of clicks stopped; orders stood still for 12 s" in told
    assert "lake, index, metrics have read all of silver.clicks" in told
    assert "lake, index, metrics go on at the end of silver.clicks.v2" in told
    assert "refine, lake, index, metrics run as before; clicks stood still for 0 s; orders for 14 s once more" in told
    assert world.audit == ["replay switch"]


def test_nothing_is_stopped_before_the_contract_says_the_version(world: World) -> None:
    world.contract = 1
    with pytest.raises(TidegateError, match="says version 1 of silver, and jobs are to be started with 2") as caught:
        world.switch()
    assert "silver: {version: 2}" in caught.value.remedy
    assert str(SCHEMAS / "clicks" / "contract.yaml") in caught.value.remedy
    assert world.calls == {} and world.audit == []


def test_a_job_that_has_read_the_old_topic_and_does_not_run_is_refused(world: World) -> None:
    del world.runs["metrics"]
    with pytest.raises(TidegateError, match=r"metrics has read the old topic of clicks and does not run"):
        world.switch()
    assert world.status().state == FILLED
    del world.runs["refine"]
    with pytest.raises(TidegateError, match="refine does not run with clicks"):
        world.switch()


def test_topics_that_are_not_as_they_should_be_leave_the_way_back(world: World) -> None:
    world.fails = TidegateError("silver's next topics are not what they are to be.", remedy="Run it.")
    with pytest.raises(TidegateError) as caught:
        world.switch()
    assert f"`tidegate replay switch {PLAN.plan_id} --back` starts the jobs as they were" in caught.value.remedy
    assert world.status().state == SWITCHING
    world.fails = TransientError("Kafka does not answer.", remedy="Try again.")
    with pytest.raises(TransientError, match="Kafka does not answer"):
        world.switch()
    world.fails, world.contract = None, 1
    world.back()
    assert world.runs == dict.fromkeys(JOBS, 1)


def test_somebody_who_starts_a_job_meanwhile_is_found_before_there_is_no_way_back(world: World) -> None:
    world.intrudes = True
    with pytest.raises(TidegateError, match="somebody has started refine with clicks while it is switched"):
        world.switch()
    assert world.placed == {}
    world.intrudes = False
    world.taken = dict.fromkeys(JOBS[1:], world.old)  # he has started the readers, too
    world.runs |= dict.fromkeys(JOBS[1:], 1)
    world.switch()
    assert_switched(world)


def test_there_is_no_way_back_once_the_readers_are_placed(world: World) -> None:
    world.kill = ("begin_at", 1, "before")
    with pytest.raises(Killed):
        world.switch()
    world.contract = 1
    with pytest.raises(TidegateError, match="is committing: there is no way back"):
        world.back()
    world.kill, world.contract = None, 2
    world.switch()
    assert_switched(world)
    with pytest.raises(TidegateError, match="is done: its jobs are switched"):
        world.switch()
