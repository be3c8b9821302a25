"""What may be done with a plan at each step of its switch, and what is said where it may not."""

from dataclasses import replace

import pytest

from tests.contracts import SCHEMAS
from tests.unit.replay.plans import PLAN, plan
from tidegate.contracts.load import load_stream
from tidegate.errors import TidegateError
from tidegate.jobs.plan_start import GroupStart
from tidegate.replay.range_plan import NextSilver
from tidegate.replay.store import CANCELLED, COMMITTING, DONE, FILLED, FILLING, PLANNED, SWITCHED, SWITCHING, Status
from tidegate.replay.switch_steps import (
    filled_since,
    homes_in,
    others_of,
    readers_of,
    refuse_in_a_switch,
    refuse_to_go_back,
    refuse_to_switch,
    refuse_version,
    refuse_without_refine,
    to_jobs,
)

SILVER = plan(target="lake,silver", silver=NextSilver(2, 4, 10, 100))
CLICKS, ORDERS = (load_stream(SCHEMAS, name) for name in ("clicks", "orders"))


@pytest.mark.parametrize("state", [FILLED, SWITCHING, COMMITTING, SWITCHED])
def test_what_is_filled_can_be_switched_and_a_switch_gone_on_with(state: str) -> None:
    refuse_to_switch(SILVER, Status(state))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (PLANNED, "is planned: the new topics are not filled.*replay run"),
        (FILLING, "is filling: the new topics are not filled.*replay run"),
        (DONE, "is done: its jobs are switched"),
        (CANCELLED, "is cancelled"),
    ],
)
def test_what_is_not_filled_or_has_ended_is_refused(state: str, said: str) -> None:
    with pytest.raises(TidegateError, match=said):
        refuse_to_switch(SILVER, Status(state))


def test_a_replay_that_makes_no_version_of_silver_is_refused() -> None:
    """Also one of what is missing, whose target is called silver, too."""
    for other in (PLAN, plan(target="silver")):
        for refuse in (refuse_to_switch, refuse_to_go_back):
            with pytest.raises(TidegateError, match="makes no new version of silver"):
                refuse(other, Status(DONE))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (FILLED, "is filled: there is no switch of it to take back"),
        (COMMITTING, "is committing: there is no way back"),
        (SWITCHED, "is switched: there is no way back"),
        (DONE, "is done: there is no switch of it to take back"),
    ],
)
def test_there_is_a_way_back_only_between_the_first_stop_and_the_readers_places(state: str, said: str) -> None:
    refuse_to_go_back(SILVER, Status(SWITCHING))
    with pytest.raises(TidegateError, match=said):
        refuse_to_go_back(SILVER, Status(state))


def test_in_a_switch_nothing_else_is_done_with_the_plan() -> None:
    refuse_in_a_switch(SILVER, Status(FILLED))
    refuse_in_a_switch(SILVER, Status(DONE))
    with pytest.raises(TidegateError, match=r"is switching.*--back` first"):
        refuse_in_a_switch(SILVER, Status(SWITCHING))
    for state in (COMMITTING, SWITCHED):
        with pytest.raises(TidegateError, match=f"is {state}") as caught:
            refuse_in_a_switch(SILVER, Status(state))
        assert "--back" not in caught.value.remedy


def test_the_line_to_write_is_said_with_the_file() -> None:
    refuse_version(CLICKS, 1, SCHEMAS)
    with pytest.raises(TidegateError, match="says version 1 of silver") as caught:
        refuse_version(CLICKS, 2, SCHEMAS)
    assert f"{SCHEMAS}/clicks/contract.yaml: silver: {{version: 2}}." in caught.value.remedy
    with pytest.raises(TidegateError, match="to be started with 1") as caught:
        refuse_version(CLICKS.of_silver_version(2), 1, SCHEMAS)
    assert "no `silver:` section" in caught.value.remedy


def test_readers_are_those_that_run_and_have_something_to_do() -> None:
    every = ("lake", "index", "metrics")
    assert readers_of(CLICKS, ["refine", *every], every) == every
    assert readers_of(CLICKS, ["refine", "lake"], ["lake"]) == ("lake",), "the others have never read it"
    assert readers_of(CLICKS, every, []) == every
    no_metrics = replace(CLICKS, metrics=())
    assert readers_of(no_metrics, ["lake", "index"], every) == ("lake", "index"), "its contract has none any more"


@pytest.mark.parametrize("away", ["lake", "index", "metrics"])
def test_one_that_has_read_the_old_topic_has_to_run(away: str) -> None:
    every = ("lake", "index", "metrics")
    with pytest.raises(TidegateError, match=f"{away} has read the old topic of orders and does not run") as caught:
        readers_of(ORDERS, [job for job in every if job != away], every)
    assert f"`tidegate run {away} --dataset orders`" in caught.value.remedy


def test_refine_has_to_run() -> None:
    refuse_without_refine(CLICKS, ["refine"])
    with pytest.raises(TidegateError, match="refine does not run with clicks"):
        refuse_without_refine(CLICKS, ["lake"])


def test_jobs_are_kept_by_their_names_and_come_back_as_they_were() -> None:
    homes = [
        GroupStart("refine", "", ("app_logs", "clicks")),
        GroupStart("lake", "clicks-orders", ("clicks", "orders")),
    ]
    jobs = to_jobs(homes)
    assert jobs == {"refine": ("app_logs", "clicks"), "lake.clicks-orders": ("clicks", "orders")}
    assert homes_in({name: list(datasets) for name, datasets in jobs.items()}, ("refine", "lake")) == homes
    assert homes_in(jobs, ["lake"]) == homes[1:]
    assert others_of(jobs, "clicks") == ["app_logs", "orders"]


def test_what_came_since_the_topics_were_filled_is_counted() -> None:
    status = Status(filled_to={"silver": {"0": 90}, "dropped": {"0": 5}})
    assert filled_since(status, {"silver": {0: 100, 1: 7}, "dropped": {0: 5}}) == 17
