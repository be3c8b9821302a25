"""Who starts the index job from an older state is told which removed documents that may bring back."""

from pathlib import Path

import pytest

from tests.unit.replay.plans import PLAN, plan
from tidegate.jobs.plan_start import Start
from tidegate.replay.brought_back import brought_back
from tidegate.replay.store import DONE, Status, store_plan, store_status
from tidegate.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Two replays, of which one has removed documents."""
    found = Settings(home=tmp_path)
    store_plan(found, PLAN)
    store_status(found, PLAN.plan_id, Status(DONE, documents={"rows": 9, "written": 9, "removed": 1200}))
    store_plan(found, plan(plan_id="20260103t000000-0000"))
    return found


@pytest.mark.parametrize("recover_from", ["none", "/savepoints/savepoint-1"])
def test_each_replay_that_has_removed_some_is_named(settings: Settings, recover_from: str) -> None:
    [told] = brought_back(settings, Start(("refine", "index"), recover_from=recover_from))
    assert told.startswith(f"index may bring back 1,200 documents of clicks that the replay {PLAN.plan_id} has removed")
    assert brought_back(settings, Start(("index",), ("clicks",), recover_from)) == [told]


@pytest.mark.parametrize(
    "what", [Start(("index",)), Start(("lake",), recover_from="none"), Start(("index",), ("orders",), "none")]
)
def test_a_start_that_sends_none_of_them_again_says_nothing(settings: Settings, what: Start) -> None:
    assert brought_back(settings, what) == []
