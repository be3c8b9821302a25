"""A plan is frozen: what was changed after it was made is no plan any more."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.unit.replay.plans import PLAN, plan
from tidegate.errors import TidegateError
from tidegate.replay.range_plan import NextSilver, RangePlan, new_plan_id


def test_a_plan_comes_back_as_it_was() -> None:
    assert RangePlan.from_json(PLAN.to_json()) == PLAN
    without_times = plan(rows=type(PLAN.rows)({0: (1, 2)}), snapshot_id=None)
    assert RangePlan.from_json(without_times.to_json()) == without_times


def test_source_and_rate_come_back_and_a_plan_from_before_there_were_any_keeps_its_hash() -> None:
    other = plan(source="bronze", rate=500.0)
    assert RangePlan.from_json(other.to_json()) == other
    assert not {"source", "rate"} & json.loads(PLAN.to_json()).keys()


def test_what_silver_s_next_topics_are_filled_from_comes_back() -> None:
    other = plan(target="lake,silver", silver=NextSilver(3, 4, 1000, 50_000))
    assert RangePlan.from_json(other.to_json()) == other
    assert other.silver_version == 3
    assert "silver" not in json.loads(PLAN.to_json())


def test_its_hash_is_of_all_that_it_says() -> None:
    others = [
        plan(events=11),
        plan(snapshot_id=None),
        plan(rows=type(PLAN.rows)({0: (10, 21), 1: (0, 0)})),
        plan(notes=()),
        plan(source="bronze"),
        plan(rate=1.0),
    ]
    assert len({each.hash for each in [PLAN, *others]}) == 7


@pytest.mark.parametrize(("before", "after"), [("10,\n", "11,\n"), ('"ann@host"', '"eve@host"')])
def test_a_plan_that_was_changed_is_refused(before: str, after: str) -> None:
    text = PLAN.to_json()
    assert before in text
    with pytest.raises(TidegateError, match="was changed after it was made"):
        RangePlan.from_json(text.replace(before, after, 1))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"hash": "x"}'])
def test_what_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(TidegateError, match="is no plan of a replay"):
        RangePlan.from_json(text)


def test_names_of_what_is_written_aside_come_from_its_id() -> None:
    assert PLAN.aside.branch == "replay-20260102t030405-abcd"
    assert PLAN.aside.table == "replays.clicks__20260102t030405_abcd"
    assert PLAN.job_name == "replay.20260102t030405-abcd"
    assert new_plan_id(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "abcd") == PLAN.plan_id


def test_a_plan_of_before_the_index_was_a_target_is_one_still() -> None:
    assert '"documents"' not in PLAN.to_json()
    with_index = plan(target="lake,index", overwritten=replace(PLAN.overwritten, documents=8))
    assert RangePlan.from_json(with_index.to_json()) == with_index
    assert (PLAN.targets, with_index.targets) == (("lake",), ("lake", "index"))
    assert with_index.hash != replace(with_index, overwritten=replace(PLAN.overwritten, documents=9)).hash
