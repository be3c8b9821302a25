"""Percentiles of latencies."""

from hypothesis import given
from hypothesis import strategies as st

from tidegate.measure.percentiles import percentiles


def test_nothing_measured_is_said_so() -> None:
    measured = percentiles([])

    assert measured.as_json() == {"p50": None, "p99": None, "samples": 0}
    assert measured.text() == "–"


def test_percentiles_in_milliseconds_read_as_seconds() -> None:
    measured = percentiles(range(1000, 3001))

    assert measured.as_json() == {"p50": 2000.0, "p99": 2980.0, "samples": 2001}
    assert measured.text() == "p50 2.0 s, p99 3.0 s"


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_p50_and_p99_lie_within_what_was_measured_and_in_order(latencies_ms: list[float]) -> None:
    measured = percentiles(latencies_ms)

    assert measured.p50 is not None and measured.p99 is not None
    assert min(latencies_ms) - 0.1 <= measured.p50 <= measured.p99 <= max(latencies_ms) + 0.1
