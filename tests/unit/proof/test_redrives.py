"""The ledger against what the headers of raw records say: each way in which one of them may lie."""

import numpy as np
from hypothesis import given

from tests.unit.proof.redriven_history import History, histories
from tidegate.proof.redrives import Recorded, Redrives, compare_ledger, copies_outside, origins
from tidegate.proof.report import FAULTS
from tidegate.proof.rows import Marked, Place
from tidegate.proof.window import Window

WINDOWS = [Window(0, 0, 100, 100)]
FIRST, SECOND, OTHER = (0, 10), (0, 20), (0, 30)
"""Copies of the record at offset 1; OTHER is one of the record at offset 2."""
RECORDED = [Recorded("a", (0, 1), FIRST), Recorded("b", FIRST, SECOND), Recorded("c", (0, 2), OTHER)]
MARKED = {FIRST: Marked((0, 1), 1), SECOND: Marked((0, 1), 2), OTHER: Marked((0, 2), 1)}
LETTERS = frozenset("abc")


def faults(redrives: Redrives, windows: list[Window] | None = None) -> dict[str, list[int]]:
    found = compare_ledger(redrives, windows or WINDOWS, {}).differences
    offsets = {fault: getattr(found[0], fault).tolist() for fault in FAULTS} if 0 in found else {}
    return {fault: places for fault, places in offsets.items() if places}


@given(histories())
def test_a_ledger_that_tells_of_each_copy_holds(history: History) -> None:
    whole = [Window(window.partition, 0, window.high, window.high) for window in history.windows]
    verdict = compare_ledger(history.redrives(), whole, {})

    assert verdict.differences == {}
    assert verdict.expected == verdict.actual == sum(len(event.places) - 1 for event in history.events)


def test_the_newest_copy_is_that_of_the_last_attempt() -> None:
    assert Redrives(RECORDED, MARKED).newest() == {(0, 1): SECOND, (0, 2): OTHER}


def test_a_copy_without_an_entry_is_missing_in_the_ledger() -> None:
    assert faults(Redrives(RECORDED[1:], MARKED, LETTERS)) == {"missing": [10]}
    assert faults(Redrives(RECORDED[:1] + RECORDED[2:], MARKED, LETTERS)) == {"missing": [20]}


def test_an_entry_whose_copy_is_not_in_raw_is_unexplained() -> None:
    absent = [*RECORDED, Recorded("d", (0, 3), (0, 99))]
    beyond = [*RECORDED, Recorded("d", (0, 3), (0, 4711))]
    elsewhere = [*RECORDED, Recorded("d", (0, 3), (7, 1))]

    assert faults(Redrives(absent, MARKED, LETTERS | {"d"})) == {"unexplained": [99]}
    assert faults(Redrives(beyond, MARKED, LETTERS | {"d"})) == {"unexplained": [4711]}
    found = compare_ledger(Redrives(elsewhere, MARKED, LETTERS | {"d"}), WINDOWS, {}).differences
    assert found[7].unexplained.tolist() == [1]


def test_an_entry_that_names_the_copy_of_another_record_is_unexplained() -> None:
    stolen = [RECORDED[0], RECORDED[1], Recorded("c", (0, 3), OTHER)]

    assert faults(Redrives(stolen, MARKED, LETTERS)) == {"unexplained": [30]}


def test_two_entries_for_one_copy_or_two_copies_of_one_record_are_doubled() -> None:
    one_copy = [*RECORDED[:2], Recorded("c", (0, 2), OTHER), Recorded("d", (0, 3), OTHER)]
    two_copies = [*RECORDED, Recorded("d", (0, 2), (0, 40))]
    marks = {**MARKED, (0, 40): Marked((0, 2), 1)}

    assert faults(Redrives(one_copy, MARKED, LETTERS | {"d"}))["doubled"] == [30]
    assert faults(Redrives(two_copies, marks, LETTERS | {"d"})) == {"doubled": [30, 40]}


def test_two_letters_of_rows_of_one_record_share_its_copy() -> None:
    rows = [Recorded("c", (0, 2), OTHER), Recorded("d", (0, 2), OTHER), *RECORDED[:2]]

    assert faults(Redrives(rows, MARKED, LETTERS | {"d"})) == {}


def test_an_entry_whose_letter_is_not_there_is_unexplained_at_its_record() -> None:
    assert faults(Redrives(RECORDED, MARKED, frozenset("ab"))) == {"unexplained": [2]}


def test_what_was_not_read_is_not_judged() -> None:
    windows = [Window(0, 5, 15, 100)]
    marks = {FIRST: MARKED[FIRST]}

    assert faults(Redrives(RECORDED, marks, LETTERS), windows) == {}
    assert copies_outside(RECORDED, windows) == {}, "their origins lie outside"


def test_copies_of_the_windows_records_that_lie_elsewhere_are_known() -> None:
    outside = copies_outside(RECORDED, [Window(0, 0, 15, 100)])

    assert {number: offsets.tolist() for number, offsets in outside.items()} == {0: [20, 30]}
    read = compare_ledger(Redrives(RECORDED, MARKED, LETTERS), [Window(0, 0, 15, 100)], outside)
    assert (read.expected, read.actual, read.differences) == (3, 3, {})
    gone = compare_ledger(Redrives(RECORDED, {FIRST: MARKED[FIRST]}, LETTERS), [Window(0, 0, 15, 100)], outside)
    assert gone.differences[0].unexplained.tolist() == [20, 30]
    assert isinstance(outside[0], np.ndarray)


def test_a_chain_that_bites_its_own_tail_has_no_origin() -> None:
    ring: list[Place] = [(0, 1), (0, 2)]
    entries = [Recorded("a", ring[0], ring[1]), Recorded("b", ring[1], ring[0])]

    assert origins(entries) == {}
    assert origins(RECORDED) == {FIRST: (0, 1), SECOND: (0, 1), OTHER: (0, 2)}
