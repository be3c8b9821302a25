"""Counts and lags from offsets."""

from tidegate.monitor.traffic import events_in, lags

ENDS = {("raw.clicks", 0): 10, ("raw.clicks", 1): 4, ("silver.clicks", 0): 7}


def test_events_in_are_all_offsets_of_the_topic() -> None:
    assert events_in(ENDS, "raw.clicks") == 14
    assert events_in(ENDS, "raw.orders") == 0


def test_lag_is_told_of_the_topics_that_a_group_reads() -> None:
    assert lags(ENDS, {("raw.clicks", 0): 8}) == {("raw.clicks", 0): 2, ("raw.clicks", 1): 4}
    assert lags(ENDS, {}) == {}


def test_a_position_ahead_of_an_older_end_is_no_lag() -> None:
    assert lags({("silver.clicks", 0): 7}, {("silver.clicks", 0): 9}) == {("silver.clicks", 0): 0}
