"""Numbers of files in Flink's SQL: few ranges as they are, many by ``IsAmong``, which Java's own tests try."""

import re
from base64 import b64decode

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.sql.number_ranges import MOST_RANGES, among, ranges


def decoded(text: str) -> list[int]:
    """As ``IsAmong`` reads them."""
    numbers, last, distance, shift = [], 0, 0, 0
    for byte in b64decode(text):
        distance |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            last += distance
            numbers.append(last)
            distance, shift = 0, 0
    return numbers


@settings(deadline=None)  # a database is opened for each
@given(st.sets(st.integers(1, 200)))
def test_exactly_the_numbers_are_meant(numbers: set[int]) -> None:
    condition = re.sub(
        r"is_among\(CAST\(n AS BIGINT\), '([^']+)'\)",
        lambda found: f"n IN {(*decoded(found[1]),)}",
        among("n", numbers),
    )
    with duckdb.connect() as connection:
        found = connection.execute(f"select n from range(0, 203) t(n) where {condition}").fetchall()
    assert {n for (n,) in found} == numbers


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ([], []),
        ([7], [(7, 7)]),
        ([1, 3, 4, 9], [(1, 1), (3, 4), (9, 9)]),
        (range(1, 10_001), [(1, 10_000)]),
    ],
)
def test_runs_without_a_gap_are_one_range(numbers: list[int], said: list[tuple[int, int]]) -> None:
    assert ranges(numbers) == said


def test_a_condition_does_not_grow_to_more_than_a_planner_bears() -> None:
    condition = among("n", range(1, 20_001, 2))
    assert condition.count("BETWEEN") == 1
    assert len(condition) < 20_000
    assert among("n", range(1, 2 * MOST_RANGES, 2)).count(" OR ") == MOST_RANGES - 1
