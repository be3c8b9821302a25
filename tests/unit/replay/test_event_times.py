"""Which offsets may hold events of a time: what arrived around it, and whatever the lake knows beyond."""

from pathlib import Path

import pytest

from tests.unit.replay.lake import DAY, SETTINGS, TIME, VISITS, Lake
from tidegate.proof.rows import make_rows
from tidegate.replay import event_times
from tidegate.replay.event_times import _span, offsets_of_events
from tidegate.replay.row_range import EventTimes

KEPT = (100, 1000)
NONE = make_rows()


def span(
    rows: object = NONE, first: dict[int, int] | None = None, last: dict[int, int] | None = None
) -> tuple[int, int]:
    return _span(0, KEPT, rows, (first, last))  # type: ignore[arg-type]


def test_what_arrived_around_the_time_is_read() -> None:
    assert span(first={0: 300}, last={0: 400}) == (300, 400)


def test_late_and_early_rows_of_the_lake_widen_it() -> None:
    assert span(make_rows([0, 0, 1], [250, 700, 999]), {0: 300}, {0: 400}) == (250, 701)


def test_rows_whose_raw_records_are_gone_do_not() -> None:
    assert span(make_rows([0], [50]), {0: 300}, {0: 400}) == (300, 400)


def test_without_a_bound_the_partition_s_own_is_taken() -> None:
    assert span(last={0: 400}) == (100, 400)
    assert span(first={0: 300}) == (300, 1000)


def test_where_nothing_arrived_later_it_ends_with_the_partition() -> None:
    assert span(first={1: 5}, last={0: 400}) == (1000, 1000)
    assert span(first={}, last={}) == (1000, 1000)
    assert span(make_rows([0], [200]), first={1: 5}, last={0: 400}) == (200, 400)


def test_the_lake_is_asked_for_rows_of_the_time_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = Lake(tmp_path)
    lake.append((11, "a", "v"), (12, "b", "v"))
    lake.append((15, "c", "v"), (18, "d", "v"))
    start_us = int(DAY.timestamp()) * 1_000_000
    asked: list[int] = []

    def offsets_at(at_ms: int) -> dict[int, int]:
        asked.append(at_ms - start_us // 1000)
        return {0: 13 if len(asked) == 1 else 14}

    monkeypatch.setattr(event_times, "open_table", lake.opened)
    times = EventTimes(TIME, start_us + 12_000_000, start_us + 16_000_000)
    assert offsets_of_events(SETTINGS, VISITS, times, {0: (0, 20)}, offsets_at) == {0: (12, 16)}
    assert asked == [12_000 - 600_000, 16_000 + 600_000]
