"""A plan of a replay, for tests."""

from dataclasses import replace
from typing import Any

from tidegate.replay.range_plan import Overwritten, RangePlan
from tidegate.replay.row_range import EventTimes, RowRange

PLAN = RangePlan(
    plan_id="20260102t030405-abcd",
    dataset="clicks",
    target="lake",
    created_at=1_767_323_045_000,
    actor="ann@host",
    asked="--offsets 0:10-20",
    rows=RowRange({0: (10, 20), 1: (0, 0)}, EventTimes("event_time", 5, None)),
    events=10,
    expected_bytes=1000,
    expected_s=None,
    snapshot_id=7,
    overwritten=Overwritten(9, 2, 500),
    notes=("a note",),
)


def plan(**other: Any) -> RangePlan:
    """One that differs."""
    return replace(PLAN, **other)
