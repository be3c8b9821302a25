"""Lag arithmetic."""

from tidegate.measure.lag import behind


def test_lag_is_summed_over_partitions() -> None:
    assert behind({0: 10, 1: 7}, {0: 4, 1: 7}) == 6


def test_a_partition_without_a_position_lags_by_all_it_has() -> None:
    assert behind({0: 10}, {}) == 10


def test_a_position_beyond_the_last_known_end_is_no_lag() -> None:
    assert behind({0: 10, 1: 5}, {0: 12, 1: 4}) == 1
