"""What the proof finds after a replay is explained only where it is nothing but what the replay has changed."""

from dataclasses import replace

import numpy as np
import pytest

from tests.unit.proof.reports import RIGHT
from tests.unit.replay.plans import plan
from tidegate.proof.report import LayerVerdict, ProofReport
from tidegate.proof.rows import Difference
from tidegate.proof.strangers import Strangers
from tidegate.replay.explained import only_by_the_replay
from tidegate.replay.row_range import EventTimes, RowRange

BOTH = plan(target="lake,index", rows=RowRange({0: (10, 20)}))
MADE = [BOTH.rows.spans]


def difference(
    missing: tuple[int, ...] = (), unexplained: tuple[int, ...] = (), doubled: tuple[int, ...] = ()
) -> Difference:
    return Difference(*(np.array(each, np.int64) for each in (missing, doubled, unexplained)))


def report(lake: Difference, index: Difference | None = None, bronze: Difference | None = None) -> ProofReport:
    """The topics are right; partition 0 of the layers behind them differs."""
    layers = [
        LayerVerdict("lake_bronze", 9, 9, {0: bronze or difference()}),
        LayerVerdict("lake_silver", 9, 9, {0: lake}),
    ]
    if index is not None:
        layers.append(LayerVerdict("index", 9, 9, {0: index}))
    return replace(RIGHT, layers=tuple(layers))


def test_records_with_another_verdict_are_counted_and_named() -> None:
    changed = difference((12, 14), (15,))

    told = only_by_the_replay(BOTH, {}, report(changed, changed), MADE)

    assert told is not None
    assert "All 200 raw records of the range are accounted for, and lake and index have exactly the rows" in told
    assert "2 records that the topic alone has (first 0:12) and 1 that it does not have (first 0:15)" in told


def test_of_one_target_alone_nothing_is_said_of_the_other() -> None:
    changed = difference((12,))

    lake = only_by_the_replay(plan(rows=BOTH.rows), {}, report(changed), MADE)
    index = only_by_the_replay(replace(BOTH, target="index"), {}, report(changed, changed), MADE)

    assert lake is not None and "the lake has exactly the rows that the code makes of them today" in lake
    assert index is not None and "the index has exactly the rows of the lake" in index


@pytest.mark.parametrize(
    "found",
    [
        report(difference((12,)), difference((13,))),
        report(difference((12,)), difference()),
        report(difference(), difference((12,))),
        report(difference(doubled=(12,)), difference(doubled=(12,))),
        report(difference((12,)), difference((12,)), bronze=difference((1,))),
        replace(report(difference((12,)), difference((12,))), strangers=Strangers.at(["silver.clicks:0:7"])),
    ],
    ids=["another", "index has it", "lake has it", "doubled", "bronze", "stranger"],
)
def test_whatever_else_differs_is_not_explained(found: ProofReport) -> None:
    assert only_by_the_replay(BOTH, {}, found, MADE) is None


def test_what_is_undecided_is_not_explained() -> None:
    found = report(difference((12,)), difference((12,)))
    first, *others = found.partitions
    undecided = replace(found, partitions=(replace(first, undecided=np.array([1], np.int64)), *others))
    assert only_by_the_replay(BOTH, {}, undecided, MADE) is None


def test_of_a_range_of_times_the_numbers_must_be_those_of_the_account() -> None:
    timed = replace(BOTH, rows=RowRange({0: (10, 20)}, EventTimes("event_time", 5, None)))
    found = report(difference((12,), (15, 16)), difference((12,), (15, 16)))

    assert only_by_the_replay(timed, {"now_gone": 1, "now_passed": 2}, found, MADE) is not None
    assert only_by_the_replay(timed, {"now_gone": 0, "now_passed": 2}, found, MADE) is None
    assert only_by_the_replay(timed, {}, found, MADE) is None


def test_of_a_range_of_times_of_the_index_alone_there_is_no_account() -> None:
    timed = replace(BOTH, target="index", rows=RowRange({0: (10, 20)}, EventTimes("event_time", 5, None)))
    changed = difference((12,), (15, 16))

    assert only_by_the_replay(timed, {}, report(changed, changed), MADE) is not None
    assert only_by_the_replay(timed, {}, report(changed, difference((12,))), MADE) is None
    assert only_by_the_replay(timed, {}, report(changed, changed), []) is None


def test_what_differs_where_no_replay_has_made_the_rows_is_not_explained() -> None:
    found = report(difference((12, 25)), difference((12, 25)))
    assert only_by_the_replay(BOTH, {}, found, MADE) is None
    assert only_by_the_replay(BOTH, {}, found, []) is None
    assert only_by_the_replay(BOTH, {}, found, [{0: (10, 13), 1: (0, 9)}, {0: (20, 26)}]) is not None
