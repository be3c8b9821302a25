"""Bounds that a person gives, as offsets or as times, become a window per partition."""

from datetime import UTC, datetime
from functools import partial

import numpy as np
import pytest

from tidegate.errors import TidegateError
from tidegate.proof import window
from tidegate.proof.rows import make_rows
from tidegate.proof.window import Picked, Window, parse_offsets, start_ms

SPANS = {0: (10, 100), 1: (0, 50)}
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
raw_windows = partial(window.raw_windows, now=NOW)


def no_times(_: int) -> dict[int, int]:
    raise AssertionError("no bound is a time")


def test_without_bounds_a_window_is_all_there_is() -> None:
    assert raw_windows(SPANS, None, None, no_times) == [Window(0, 10, 100, 100), Window(1, 0, 50, 50)]


def test_offsets_bound_the_partitions_they_name_and_reach_no_further_than_the_topic() -> None:
    windows = raw_windows(SPANS, "0:5", "0:60,1:70", no_times)
    assert windows == [Window(0, 10, 60, 100), Window(1, 0, 50, 50)]


def test_a_time_is_looked_up_and_a_partition_that_has_nothing_since_is_empty() -> None:
    asked: list[int] = []

    def offsets_at(at_ms: int) -> dict[int, int]:
        asked.append(at_ms)
        return {0: 40}

    windows = raw_windows(SPANS, "1970-01-01T00:00:02+00:00", None, offsets_at)
    assert asked == [2000]
    assert windows == [Window(0, 40, 100, 100), Window(1, 50, 50, 50)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("yesterday", "neither a time"),
        ("2026-11-21T10:00:00", "time zone"),
        ("0:-5", "neither a time"),
        ("0:1,0:5", "neither a time"),
        ("0:1_0", "neither a time"),
        ("0:٣", "neither a time"),
        ("10:30", r"no date.*2026-11-21T10:30:00\+00:00.*10:030"),
        ("09:05", "no date"),
        ("9:30", "partition 9, and the topic has 2"),
        ("10:030", "partition 10, and the topic has 2"),
    ],
)
def test_what_is_no_bound_is_one_clear_error(text: str, problem: str) -> None:
    with pytest.raises(TidegateError, match=problem):
        raw_windows(SPANS, text, None, no_times)


def test_a_window_has_the_rows_between_its_bounds_and_those_the_partition_does_not_have_yet() -> None:
    rows = make_rows([0, 0, 0, 0, 1], [9, 10, 60, 100, 20])
    assert Window(0, 10, 60, 100).of(rows).offset.tolist() == [10, 100]


def test_offsets_are_parsed_by_partition() -> None:
    assert parse_offsets("0:100,3:250") == {0: 100, 3: 250}


@pytest.mark.parametrize("text", ["", "0", "0:1:2", "a:b", "2026-11-21T10:00:00Z"])
def test_what_is_no_offsets_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_offsets(text)


@pytest.mark.parametrize("bound", ["start", "end"])
def test_half_past_ten_is_no_partition_ten_though_there_is_one(bound: str) -> None:
    start, end = ("10:30", None) if bound == "start" else (None, "10:30")

    with pytest.raises(TidegateError, match="'10:30' has no date"):
        raw_windows(dict.fromkeys(range(12), (0, 100)), start, end, no_times)


@pytest.mark.parametrize(
    ("start", "end", "problem"),
    [
        ("2026-11-21T12:00:01Z", None, "and it is only 2026-11-21T12:00Z"),
        ("9999-12-31T23:59:59Z", None, "and it is only"),
        ("0:101", None, "offset 101 of partition 0, which ends at 100"),
        ("2026-11-21T11:00:00Z", "2026-11-21T10:00:00Z", "not before its end"),
        ("2026-11-21T11:00:00Z", "2026-11-21T11:00:00Z", "not before its end"),
        ("0:60", "0:50", "partition 0 the window's start is after its end"),
        ("2026-11-21T11:00:00Z", "0:30", "partition 0 the window's start is after its end"),
    ],
)
def test_a_window_that_can_have_no_events_is_an_error_and_no_empty_proof(
    start: str, end: str | None, problem: str
) -> None:
    with pytest.raises(TidegateError, match=problem):
        raw_windows(SPANS, start, end, lambda _: {0: 40})


def test_a_window_in_which_nothing_came_is_empty_and_no_error() -> None:
    assert raw_windows(SPANS, "2026-11-21T11:00:00Z", None, lambda _: {}) == [
        Window(0, 100, 100, 100),
        Window(1, 50, 50, 50),
    ]
    assert raw_windows(SPANS, "0:20,1:50", "0:20,1:50", no_times) == [Window(0, 20, 20, 100), Window(1, 50, 50, 50)]


@pytest.mark.parametrize("time", ["1969-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z"])
def test_a_time_before_1970_asks_kafka_for_no_special_offset(time: str) -> None:
    asked: list[int] = []

    def offsets_at(at_ms: int) -> dict[int, int]:
        asked.append(at_ms)
        return {0: 10, 1: 0}

    raw_windows(SPANS, time, None, offsets_at)

    assert asked == [0]


def test_a_window_begins_at_a_time_only_if_it_was_given_one() -> None:
    assert start_ms("1970-01-01T00:00:02Z") == 2000
    assert start_ms("0:5") is None
    assert start_ms(None) is None


def test_picked_offsets_take_their_own_rows_and_none_between_or_beyond() -> None:
    picked = Picked.of_offsets(1, np.array([3, 7]))

    assert picked.of(make_rows([1, 1, 1, 1, 0], [3, 5, 7, 8, 3])).offset.tolist() == [3, 7]
    assert (picked.start, picked.end) == (3, 8)
