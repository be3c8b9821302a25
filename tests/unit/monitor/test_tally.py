"""Counts are kept as text and come back as they were."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.monitor.tally import Tally, tally_of

reasons = st.tuples(st.text(max_size=20), st.text(max_size=20))


@given(st.integers(0, 2**62), st.dictionaries(reasons, st.integers(1, 2**62), max_size=8))
def test_a_tally_comes_back_as_it_was_kept(reached: int, counts: dict[tuple[str, ...], int]) -> None:
    tally = Tally(reached, Counter(counts))
    assert tally_of(reached, tally.metadata()) == tally


@pytest.mark.parametrize("metadata", [None, "", "NO_METADATA", "[1]", "{}x", '[["a", "many"]]'])
def test_what_is_no_tally_counts_anew_from_the_start(metadata: str | None) -> None:
    assert tally_of(77, metadata) == Tally()


def test_nothing_counted_is_kept_too() -> None:
    assert tally_of(5, Tally(5).metadata()) == Tally(5)
