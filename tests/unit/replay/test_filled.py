"""A row that lacks, is doubled, or is strange is found, whatever the order; one that was twice before may be twice."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proof.rows import Rows, fingerprints, make_rows
from tidegate.replay.filled import Filled, Side, uneven

Key = tuple[int, int, str]
KEYS = st.tuples(st.integers(0, 2), st.integers(0, 3), st.sampled_from("ab"))


def rows(*keys: Key) -> Rows:
    return make_rows([key[0] for key in keys], [key[1] for key in keys], fingerprints(key[2].encode() for key in keys))


def keys(found: Rows) -> list[tuple[int, int]]:
    return [*zip(found.partition.tolist(), found.offset.tolist(), strict=True)]


@given(st.lists(KEYS, max_size=12), st.lists(KEYS, max_size=12))
def test_it_is_the_difference_of_two_counts(expected: list[Key], actual: list[Key]) -> None:
    lacking, spare = uneven(rows(*expected), rows(*actual))

    every = sorted({*expected, *actual}, key=lambda key: key[:2])
    by_count = {key: actual.count(key) - expected.count(key) for key in every}
    assert sorted(keys(lacking)) == [key[:2] for key in every if by_count[key] < 0]
    assert sorted(keys(spare)) == [key[:2] for key in every if by_count[key] > 0]


def test_two_sides_that_are_alike_have_no_fault() -> None:
    expected = rows((0, 1, "a"), (0, 1, "a"), (1, 7, "b"))
    assert Side("silver.clicks.v2", expected, expected.where(np.array([2, 0, 1]))).faults() == []
    assert Side("silver.clicks.v2", rows(), rows()).faults() == []


def test_what_differs_is_told_with_its_places() -> None:
    expected, actual = rows((0, 1, "a"), (1, 7, "b")), rows((0, 1, "a"), (0, 1, "a"), (1, 7, "other"))
    assert Side("silver.clicks.v2", expected, actual, unreadable=2).faults() == [
        "silver.clicks.v2 lacks 1 rows, such as that of 1:7",
        "silver.clicks.v2 has 2 rows too many, such as that of 0:1, 1:7",
        "silver.clicks.v2 has 2 records that can't be read",
    ]


def test_its_counts_are_numbers() -> None:
    found = Filled(rows=9, of_range=2, marks=1, left_out=3, faults=("x",))
    assert found.counts() == {"rows": 9, "of_range": 2, "marks": 1, "left_out": 3}
