"""Plans and how far they are, as files that a killed command leaves whole."""

from pathlib import Path

import pytest

from tests.unit.replay.plans import PLAN, plan
from tidegate.errors import TidegateError
from tidegate.replay.store import (
    ENDED,
    WRITING,
    Status,
    all_plans,
    load_plan,
    load_status,
    plan_file,
    status_to_go_on,
    store_plan,
    store_status,
)
from tidegate.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def test_plans_are_found_by_their_id_and_listed_in_their_order(settings: Settings) -> None:
    later = plan(plan_id="20260103t000000-0000")
    store_plan(settings, later)
    store_plan(settings, PLAN)
    assert load_plan(settings, PLAN.plan_id) == PLAN
    assert [*all_plans(settings)] == [PLAN, later]
    plan_file(settings, later.plan_id).write_text("{}")
    assert [*all_plans(settings)] == [PLAN]


@pytest.mark.parametrize("plan_id", ["nothing", "../replays/20260102t030405-abcd"])
def test_a_replay_that_is_not_there_is_refused(settings: Settings, plan_id: str) -> None:
    store_plan(settings, PLAN)
    with pytest.raises(TidegateError, match="there is no replay"):
        plan_file(settings, plan_id)


def test_a_replay_has_a_state_before_it_begins(settings: Settings) -> None:
    assert load_status(settings, PLAN.plan_id) == Status()
    written = Status(WRITING, job_id="j", started_at=5, counts={"raw": 1})
    assert store_status(settings, PLAN.plan_id, written) == written
    assert load_status(settings, PLAN.plan_id) == written
    assert [*all_plans(settings)] == []


@pytest.mark.parametrize("state", ENDED)
def test_one_that_has_ended_is_not_gone_on_with(settings: Settings, state: str) -> None:
    assert status_to_go_on(settings, PLAN.plan_id) == Status()
    store_status(settings, PLAN.plan_id, Status(state))
    with pytest.raises(TidegateError, match=rf"the replay {PLAN.plan_id} is {state}\. See `tidegate replay show"):
        status_to_go_on(settings, PLAN.plan_id)


def test_what_an_earlier_version_has_noted_besides_is_left_out(settings: Settings, tmp_path: Path) -> None:
    store_status(settings, PLAN.plan_id, Status(WRITING))
    file = next(tmp_path.rglob(f"{PLAN.plan_id}.status.json"))
    file.write_text(file.read_text().replace("{", '{"explained": true,', 1))
    assert load_status(settings, PLAN.plan_id) == Status(WRITING)
