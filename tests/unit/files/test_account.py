"""The sum of a file: what does not add up, and what puts a file into quarantine."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tidegate.contracts.file_section import Thresholds
from tidegate.files.account import Account, Known, RowNumbers, Split, Verdicts, account_of, gap, settled
from tidegate.files.tally import NOTHING, Tally, tallied
from tidegate.proof.rows import make_rows

SIZE = 100
LIMITS = Thresholds(max_rejected_ratio=0.5)


def tally(*offsets: int) -> Tally:
    return tallied(make_rows([1] * len(offsets), offsets)).get(1, NOTHING)


FIRST = Split(0, 60, 3, 1, 1, 0, tally(10, 20, 40).places)
SECOND = Split(60, 40, 2, 0, 0, 1, tally(65, 80).places)
VERDICTS = Verdicts(tally(10, 20, 80), tally(40), tally(65))


def account(*splits: Split, verdicts: Verdicts = VERDICTS, limits: Thresholds = LIMITS, **known: Any) -> Account:
    return account_of(replace(Known(1, SIZE), **known), splits or (SECOND, FIRST), verdicts, limits)


def test_every_row_has_one_verdict() -> None:
    assert account() == Account(1, rows=5, passed=3, rejected=1, dropped=1, blank=3)


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (replace(VERDICTS, passed=tally(10, 20)), "5 rows were read, 4 have a verdict"),
        (replace(VERDICTS, dropped=tally(65, 65)), "5 rows were read, 6 have a verdict"),
        (replace(VERDICTS, passed=tally(10, 20, 81)), "5 rows were read, and as many verdicts are on others"),
        (replace(VERDICTS, passed=tally(10, 20, 20)), "5 rows were read, and as many verdicts are on others"),
    ],
)
def test_a_row_without_a_verdict_or_with_two_is_found(verdicts: Verdicts, said: str) -> None:
    assert account(verdicts=verdicts).wrong == said


@pytest.mark.parametrize(
    ("splits", "said"),
    [
        ((FIRST,), None),  # packed: nobody knows the size of what comes out
        ((SECOND,), "of its bytes none of 0 to 60 were read"),
        ((FIRST, replace(SECOND, start=70)), "of its bytes none of 60 to 70 were read"),
        ((FIRST, replace(SECOND, length=30)), "90 of its 100 bytes were read"),
    ],
)
def test_a_byte_that_nobody_looked_at_is_found(splits: tuple[Split, ...], said: str | None) -> None:
    found = account(*splits, verdicts=Verdicts(tally(10, 20, 40)))

    assert found.wrong == said


NUMBERED = (Split(0, 2, 2, 0, 0, 0, tally(0, 1).places), Split(2, 1, 1, 0, 0, 0, tally(2).places))
"""Parquet: parts of rows and not of bytes."""


@pytest.mark.parametrize(
    ("splits", "promised", "said"),
    [
        (NUMBERED, 3, None),
        (NUMBERED[:1], 2, None),
        (NUMBERED[:1], 3, "2 of its 3 rows were read"),
        (NUMBERED[1:], 3, "of its rows none of 0 to 2 were read"),
        ((*NUMBERED, Split(3, 0, 0, 0, 0, 0, 0)), 4, "3 of its 4 rows were read"),
    ],
)
def test_a_row_of_parquet_that_nobody_looked_at_is_found(
    splits: tuple[Split, ...], promised: int, said: str | None
) -> None:
    assert gap(splits, SIZE, promised) == said


def test_rows_of_parquet_are_numbered_by_where_they_are() -> None:
    numbers = RowNumbers([*NUMBERED, Split(2, 0, 0, 0, 0, 0, 0)])

    assert numbers.of(np.array([0, 1, 2]), np.array([1, 2, 1])).tolist() == [1, 2, 3]


def test_a_file_that_left_nothing_is_not_taken_for_an_empty_one() -> None:
    assert account_of(Known(1, 0), (), Verdicts(), LIMITS).wrong == "nothing of it was read"


@pytest.mark.parametrize(
    ("known", "limits", "said"),
    [
        ({}, Thresholds(max_rejected_ratio=0.2), None),
        ({}, Thresholds(max_rejected_ratio=0.1), "1 of 5 rows (20.0%) are rejected, at most 0 (10.0%) may be"),
        ({}, Thresholds(max_rejected_ratio=1, min_rows=6), "it has 5 rows, at least 6 are expected"),
        ({}, Thresholds(max_rejected_ratio=1, max_rows=4), "it has 5 rows, at most 4 are expected"),
        ({"promised_rows": 7}, LIMITS, "it has 5 rows, its manifest says 7"),
        ({"promised_rows": 5}, LIMITS, None),
        ({"is_repair": True}, Thresholds(max_rejected_ratio=0, min_rows=6), None),
        ({"is_repair": True, "promised_rows": 7}, LIMITS, "it has 5 rows, its manifest says 7"),
    ],
)
def test_past_its_thresholds_a_file_is_at_fault(known: dict[str, Any], limits: Thresholds, said: str | None) -> None:
    fault = account(limits=limits, **known).fault

    assert fault is None if said is None else fault is not None and fault.startswith(said)


@pytest.mark.parametrize("ratio", [0.29, 0.57, 0.07, 0.05, 0.001, 1e-05])
def test_as_many_rows_may_be_rejected_as_the_ratio_says(ratio: float) -> None:
    rows = 100_000
    most = round(ratio * rows)
    read, limits = [Split(0, SIZE, rows, 0, 0, 0, 0)], Thresholds(max_rejected_ratio=ratio)

    faults = [
        account_of(Known(1, SIZE), read, Verdicts(Tally(rows - bad), Tally(bad)), limits).fault
        for bad in (most, most + 1)
    ]

    assert faults[0] is None
    assert f"{most + 1:,} of {rows:,} rows" in (faults[1] or "")
    assert f"at most {most:,} (" in (faults[1] or "")


def test_of_a_file_that_can_not_be_read_no_row_is_asked_for() -> None:
    bad = replace(SECOND, rows=0, code="BAD_COMPRESSION", message="cut off at byte 70")

    found = account(FIRST, bad, verdicts=Verdicts())
    assert found.fault == "BAD_COMPRESSION: cut off at byte 70"
    assert found.wrong is None


def test_rows_are_numbered_through_the_parts() -> None:
    numbers = RowNumbers([SECOND, FIRST])

    assert numbers.of(np.array([10, 40, 65, 80]), np.array([1, 3, 1, 2])).tolist() == [1, 3, 4, 5]


def test_a_part_in_which_no_row_begins_is_no_gap_and_numbers_nothing() -> None:
    nothing = Split(60, 0, 0, 0, 0, 0, 0)

    assert account(SECOND, nothing, FIRST) == account()
    assert RowNumbers([SECOND, nothing, FIRST]).of(np.array([65]), np.array([1])).tolist() == [4]


def test_what_is_published_stays_so_whatever_the_contract_says_by_now() -> None:
    good, bad = Account(1, 10, 9, 1, 0, 0), Account(2, 10, 2, 8, 0, 0, fault="8 of 10 rows are rejected")

    assert settled([good, bad], {1}) == (good, bad)
    assert settled([good, bad], {2}) == (replace(good, fault="the contract was another one"), replace(bad, fault=None))
