"""When a drain ends."""

import io
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
from rich.console import Console

from tests.unit.demo.test_view import MOMENT
from tidegate.demo import flow
from tidegate.demo.phases import Phases
from tidegate.demo.view import Moment


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow, "REFRESH_S", 0)


def readings(moments: Iterable[Moment]) -> Callable[[str], Moment]:
    left = iter(moments)
    return lambda phase: next(left)


def moment(lag: int, silver: int) -> Moment:
    return replace(MOMENT, lags={"index": lag}, silver=silver)


def drained(*moments: Moment, stall_s: float = 60) -> str:
    """What the drain says in the end; fails if it takes more readings than there are."""
    console = Console(file=io.StringIO(), width=200)
    flow.drain(readings(moments), Phases(console), stall_s=stall_s)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_it_ends_when_no_job_is_behind_and_nothing_new_came_out() -> None:
    assert "every job has shown" in drained(moment(5, 10), moment(0, 10), moment(0, 12), moment(0, 12))


def test_one_reading_without_lag_is_not_enough() -> None:
    with pytest.raises(StopIteration):
        drained(moment(5, 10), moment(0, 10))


def test_it_names_the_job_that_does_not_move() -> None:
    assert "still behind: index 7" in drained(moment(7, 10), moment(7, 10), stall_s=-1)


def test_refine_is_waited_for_alone() -> None:
    console = Console(file=io.StringIO(), width=200)
    late = replace(MOMENT, lags={"refine": 3, "index": 9}, silver=10)
    read = replace(MOMENT, lags={"refine": 0, "index": 9}, silver=12)
    flow.refined(readings([late, read, read]), Phases(console))
    assert isinstance(console.file, io.StringIO)
    assert "refine has read all" in console.file.getvalue()
