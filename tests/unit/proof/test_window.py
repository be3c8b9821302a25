"""Bounds that a person gives, as offsets or as times, become a window per partition."""

import pytest

from tidegate.errors import TidegateError
from tidegate.proof.rows import make_rows
from tidegate.proof.window import Window, parse_offsets, raw_windows

SPANS = {0: (10, 100), 1: (0, 50)}


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


@pytest.mark.parametrize(("text", "problem"), [("yesterday", "neither a time"), ("2026-11-21T10:00:00", "time zone")])
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
