"""A layer against its topic: what is found, and how long a late one is waited for."""

import time

import pytest

from tidegate.proof import catch_up
from tidegate.proof.catch_up import judge_when_caught_up
from tidegate.proof.layers import LayerEvidence, compare_layer
from tidegate.proof.report import LayerName, LayerVerdict
from tidegate.proof.rows import Rows, make_rows
from tidegate.proof.window import Window

WINDOWS = [Window(0, 0, 10, 12), Window(1, 5, 10, 10)]
EXPECTED = make_rows([0, 0, 1, 1], [0, 11, 4, 7])


class GrowingSource:
    """A layer that has one row more each time its marker is asked for."""

    name: LayerName = "lake_bronze"

    def __init__(self, rows: Rows, grows: bool) -> None:
        self._rows = rows
        self._grows = grows
        self._visible = 0

    def marker(self) -> object:
        self._visible += self._grows
        return self._visible

    def read(self) -> Rows:
        return self._rows.where(self._rows.offset < self._visible)


def proved(source: GrowingSource, expected: Rows, wait_s: float) -> LayerVerdict:
    evidence = LayerEvidence(source, expected, lambda: WINDOWS)
    return judge_when_caught_up(evidence, lambda verdict: verdict.differences.values(), time.monotonic() + wait_s)


def test_only_rows_of_the_windows_are_compared() -> None:
    verdict = compare_layer("index", WINDOWS, EXPECTED, make_rows([0, 1], [0, 7]))

    assert (verdict.expected, verdict.actual) == (2, 2)
    assert not any(len(difference.missing) for difference in verdict.differences.values())


def test_a_row_beyond_raw_and_one_of_an_unknown_partition_are_unexplained() -> None:
    verdict = compare_layer("index", WINDOWS, EXPECTED, make_rows([0, 0, 1, 3], [0, 12, 7, 1]))

    unexplained = {number: found.unexplained.tolist() for number, found in verdict.differences.items()}
    assert unexplained == {0: [12], 1: [], 3: [1]}


def test_a_layer_that_catches_up_is_waited_for() -> None:
    rows = make_rows([0] * 5, range(5))

    assert proved(GrowingSource(rows, grows=True), rows, wait_s=60).actual == 5


def test_a_layer_that_stands_still_is_judged_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catch_up, "POLL_S", 0.001)
    rows = make_rows([0] * 5, range(5))

    verdict = proved(GrowingSource(rows, grows=False), rows, wait_s=0.01)

    assert verdict.differences[0].missing.tolist() == [0, 1, 2, 3, 4]


def test_a_layer_that_grows_without_what_is_missing_is_judged_after_the_deadline() -> None:
    expected, there = make_rows([0, 0], [0, 9]), make_rows([0], [0])

    verdict = proved(GrowingSource(there, grows=True), expected, wait_s=0.01)

    assert verdict.differences[0].missing.tolist() == [9]
