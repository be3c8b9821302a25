"""A distribution is a Prometheus histogram: cumulative, and nothing is lost above the last bound."""

from hypothesis import given
from hypothesis import strategies as st

from tidegate.monitor.reading import Distribution

BOUNDS = (0.5, 1.0, 5.0)


def test_a_value_counts_at_the_first_bound_that_holds_it() -> None:
    found = Distribution(BOUNDS)
    for value in (0.5, 0.6, 1.0, 7.0):
        found.observe(value)

    assert found.cumulative() == [("0.5", 1), ("1.0", 3), ("5.0", 3), ("+Inf", 4)]
    assert found.total == 9.1


def test_a_value_before_its_time_counts_as_zero() -> None:
    found = Distribution(BOUNDS)
    found.observe(-3)

    assert (found.cumulative()[0], found.total) == (("0.5", 1), 0)


@given(st.lists(st.floats(-10, 10)))
def test_every_value_is_counted_once(values: list[float]) -> None:
    found = Distribution(BOUNDS)
    for value in values:
        found.observe(value)

    cumulative = [count for _, count in found.cumulative()]
    assert cumulative == sorted(cumulative)
    assert cumulative[-1] == len(values)
    assert cumulative[:-1] == [sum(value <= bound for value in values) for bound in BOUNDS]
