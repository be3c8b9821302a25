"""Set arithmetic on rows agrees with Python's own sets and counters, for any rows."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proof.rows import (
    IdentityIndex,
    Rows,
    among,
    among_places,
    compare,
    concat,
    fingerprints,
    identities_repeated,
    make_rows,
    repeated,
)

Row = tuple[int, str]
few_rows = st.lists(st.tuples(st.integers(0, 12), st.sampled_from("abc")), max_size=30)


def rows_of(values: list[Row]) -> Rows:
    identities = fingerprints(identity.encode() for _, identity in values)
    return make_rows([0] * len(values), [offset for offset, _ in values], identities)


@given(expected=few_rows.map(lambda rows: sorted(set(rows))), actual=few_rows)
def test_compare_finds_what_counters_find(expected: list[Row], actual: list[Row]) -> None:
    found = compare(rows_of(expected), rows_of(actual))

    counts = Counter(actual)
    assert set(found.missing.tolist()) == {offset for offset, _ in set(expected) - set(actual)}
    assert set(found.unexplained.tolist()) == {offset for offset, _ in set(actual) - set(expected)}
    assert set(found.doubled.tolist()) == {row[0] for row, count in counts.items() if count > 1}


@given(values=few_rows)
def test_an_identity_from_several_offsets_is_marked_in_all_but_the_first(values: list[Row]) -> None:
    marked = identities_repeated(rows_of(values))

    first = {identity: min(offset for offset, other in values if other == identity) for _, identity in values}
    late = {row for row in values if row[0] > first[row[1]]}
    assert {row for row, mark in zip(values, marked.tolist(), strict=True) if mark} == late


@given(haystack=st.lists(st.text(max_size=3)), needles=st.lists(st.text(max_size=3)))
def test_identity_index_contains_what_a_set_contains(haystack: list[str], needles: list[str]) -> None:
    index = IdentityIndex(fingerprints(text.encode() for text in haystack))

    found = index.contains(fingerprints(text.encode() for text in needles))

    assert found.tolist() == [needle in set(haystack) for needle in needles]


def test_fingerprints_that_share_one_half_are_told_apart() -> None:
    shared = np.array([[7, 1], [7, 2], [7, 2], [7, 3]], np.uint64)

    assert IdentityIndex(shared[:2]).contains(shared).tolist() == [True, True, True, False]
    assert identities_repeated(make_rows([0] * 4, range(4), shared)).tolist() == [False, False, True, False]


@given(st.lists(st.integers(-5, 5)))
def test_repeated_is_sorted_and_distinct(values: list[int]) -> None:
    counts = Counter(values)

    assert repeated(np.array(values, np.int64)).tolist() == sorted(value for value in counts if counts[value] > 1)


def test_concat_of_nothing_has_no_rows() -> None:
    assert len(concat([])) == 0


@given(rows=few_rows, others=few_rows)
def test_among_finds_what_a_set_contains(rows: list[Row], others: list[Row]) -> None:
    wanted = [row in set(others) for row in rows]

    assert among(rows_of(rows), rows_of(others)).tolist() == wanted


def test_a_row_of_another_partition_is_another_row() -> None:
    mine, theirs = make_rows([0, 1], [5, 5]), make_rows([1], [5])

    assert among(mine, theirs).tolist() == [False, True]
    assert among_places(mine, theirs).tolist() == [False, True]
    assert among_places(mine, make_rows()).tolist() == [False, False]
