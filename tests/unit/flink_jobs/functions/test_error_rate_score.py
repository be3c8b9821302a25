"""How unusual an error rate is: held against a plain computation, and against what people expect of it."""

import math
import statistics

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flink_jobs.functions.error_rate_score import MIN_BASELINE, error_rate_score

Row = tuple[int | None, int | None, list[float] | None]
rates = st.floats(0, 1)
rows = st.integers(0, 5000).flatmap(
    lambda errors: st.tuples(
        st.just(errors), st.integers(max(errors, 1), 10_000), st.one_of(st.none(), st.lists(rates, max_size=31))
    )
)


def score(*given: Row) -> list[float | None]:
    """The scores of the rows, as one batch."""
    errors, records, baselines = zip(*given, strict=True)
    lists = pd.Series([None if each is None else np.array(each) for each in baselines], dtype=object)
    scores: list[float | None] = error_rate_score(pd.Series(errors), pd.Series(records), lists).tolist()
    return scores


def plainly(errors: int, records: int, baseline: list[float] | None) -> float | None:
    """The same formula by Python's own statistics, one row at a time."""
    if baseline is None or len(baseline) < MIN_BASELINE:
        return None
    median = statistics.median(baseline)
    deviation = 1.4826 * statistics.median(abs(rate - median) for rate in baseline)
    usual = (median * records + 0.5) / (records + 1)
    return (errors / records - median) / max(deviation, math.sqrt(usual * (1 - usual) / records))


@given(st.lists(rows, min_size=1, max_size=20))
def test_a_batch_is_scored_as_its_rows_are_one_by_one(batch: list[Row]) -> None:
    expected = [plainly(*row) for row in batch]  # type: ignore[arg-type]

    assert score(*batch) == [None if each is None else pytest.approx(each) for each in expected]


@given(st.permutations([0.0, 0.01, 0.02, 0.01, 0.05, 0.3]))
def test_the_order_of_the_baseline_means_nothing(baseline: list[float]) -> None:
    assert score((5, 100, baseline)) == pytest.approx(score((5, 100, sorted(baseline))))


def test_a_service_that_never_failed_is_an_outlier_when_it_does() -> None:
    [unusual] = score((20, 200, [0.0] * 30))

    assert unusual is not None and unusual > 10


def test_one_error_among_few_records_is_no_outlier() -> None:
    [usual] = score((1, 10, [0.0] * 30))

    assert usual is not None and usual < 3.5


def test_one_wild_minute_in_the_baseline_hides_nothing() -> None:
    [unusual] = score((60, 200, [0.01, 0.02, 0.01, 0.02, 0.01, 0.02, 1.0]))

    assert unusual is not None and unusual > 10


def test_too_short_a_baseline_and_nulls_have_no_score() -> None:
    enough = [0.1] * MIN_BASELINE

    assert (
        score((1, 2, enough[1:]), (1, 2, None), (1, 2, []), (1, 0, enough), (None, 2, enough), (1, None, enough))
        == [None] * 6
    )


def test_an_empty_batch_gives_an_empty_one() -> None:
    empty = pd.Series([], dtype=object)

    assert len(error_rate_score(empty, empty, empty)) == 0
