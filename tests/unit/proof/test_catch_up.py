"""When the proof stops to wait for what a job has not shown yet."""

import time

import numpy as np

from tidegate.proof.catch_up import judge_when_caught_up
from tidegate.proof.raw_rows import RawRows
from tidegate.proof.rows import Difference, make_rows
from tidegate.proof.verdict import Outputs, PartitionVerdict, judge
from tidegate.proof.window import Window


class Traffic:
    """Outputs that gain something each time they are asked, and offset 0 after so many times."""

    def __init__(self, late_by: float) -> None:
        self._late_by = late_by
        self.reads = 0

    def judge(self) -> list[PartitionVerdict]:
        none = make_rows([], [])
        shown = make_rows([0], [0]) if self.reads >= self._late_by else none
        raw = RawRows(make_rows([0], [0]), np.array([False]))
        return judge([Window(0, 0, 1, 1)], raw, Outputs(none, shown, none))

    def extend(self) -> bool:
        self.reads += 1
        return True


def judged(traffic: Traffic, wait_s: float) -> Difference:
    verdicts = judge_when_caught_up(
        traffic, lambda partitions: bool(len(partitions[0].difference.missing)), time.monotonic() + wait_s
    )
    return verdicts[0].difference


def test_what_comes_late_is_waited_for() -> None:
    assert judged(Traffic(late_by=5), wait_s=60).missing.tolist() == []


def test_outputs_that_grow_without_what_is_missing_are_judged_after_the_deadline() -> None:
    assert judged(Traffic(late_by=float("inf")), wait_s=0.01).missing.tolist() == [0]


def test_what_was_shown_by_the_deadline_counts_though_reading_took_longer() -> None:
    traffic = Traffic(late_by=1)

    assert (judged(traffic, wait_s=-60).missing.tolist(), traffic.reads) == ([], 1)
