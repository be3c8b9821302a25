"""What a plan takes of the asked range; tests/jobs/test_replay_lake.py makes whole ones."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.replay.plans import plan
from tests.unit.sql.visits import stream
from tidegate.errors import TidegateError
from tidegate.replay import make_plan
from tidegate.replay.asked import Asked
from tidegate.replay.make_plan import asked_spans, bounded, event_times, expected_s, refuse_what_changes
from tidegate.replay.sources import Kept
from tidegate.replay.store import DONE, Status, store_plan, store_status
from tidegate.settings import Settings

BY_TIME, BY_OFFSETS = Asked(arrived_from="2026-01-01T00:00:00Z"), Asked(offsets="0:10-20")


def test_a_time_takes_what_refine_has_read_and_says_what_is_left() -> None:
    spans, notes = bounded({0: (10, 20), 1: (5, 9), 2: (0, 3)}, {0: 15, 1: 9}, BY_TIME)
    assert spans == {0: (10, 15), 1: (5, 9), 2: (0, 0)}
    assert notes == ["8 offsets that refine has not read yet are left to it."]


def test_a_range_that_refine_has_passed_is_taken_whole() -> None:
    assert bounded({0: (10, 20)}, {0: 99}, BY_OFFSETS) == ({0: (10, 20)}, [])


def test_offsets_that_refine_has_not_read_are_refused() -> None:
    with pytest.raises(TidegateError, match="up to offset 15 only, the range ends at 20"):
        bounded({0: (10, 20)}, {0: 15}, BY_OFFSETS)


def test_event_times_are_in_microseconds_and_in_their_order() -> None:
    times = event_times(stream(), Asked(event_from="1970-01-01T00:00:01Z", event_to="1970-01-01T01:00:02+01:00"))
    assert times is not None
    assert (times.start_us, times.end_us) == (1_000_000, 2_000_000)
    assert event_times(stream(), BY_OFFSETS) is None
    with pytest.raises(TidegateError, match="not before its end"):
        event_times(stream(), Asked(event_from="1970-01-01T00:00:02Z", event_to="1970-01-01T00:00:02Z"))


FAR = "9999-12-31T23:59:59-05:00"


@pytest.mark.parametrize("asked", [Asked(arrived_from=FAR), Asked(arrived_to=FAR)])
def test_a_time_of_arrival_that_is_far_away_is_refused_before_anything_is_asked(asked: Asked) -> None:
    with pytest.raises(TidegateError, match="too far away"):
        asked_spans(Settings(), stream(), asked, Kept({0: (0, 9)}, {}))


def test_sql_that_changes_from_run_to_run_is_refused() -> None:
    refuse_what_changes(stream())
    with pytest.raises(TidegateError, match="uses NOW"):
        refuse_what_changes(replace(stream(), refine_sql="select now() from validated"))


@pytest.mark.parametrize(("targets", "told"), [(("index",), "The index is asked"), (("lake", "index"), "uses NOW")])
def test_it_is_refused_only_where_records_are_refined(
    monkeypatch: pytest.MonkeyPatch, targets: tuple[str, ...], told: str
) -> None:
    def asked(*_: object) -> None:
        raise TidegateError("The index is asked.", remedy="Go on.")

    changing = replace(stream(), refine_sql="select now() from validated")
    monkeypatch.setattr(make_plan, "load_stream", lambda *_: changing)
    monkeypatch.setattr(make_plan, "refuse_index", asked)
    with pytest.raises(TidegateError, match=told):
        make_plan.make_plan(Settings(), "visits", replace(BY_OFFSETS, targets=targets), "ann@host")


def test_the_expected_time_is_that_of_the_slower_of_last_replay_and_rate(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert expected_s(settings, "clicks", 1000) is None
    assert expected_s(settings, "clicks", 1000, 50.0) == 20.0
    held, free = plan(plan_id="2", events=100), plan(plan_id="1", events=100)
    for made, status in ((held, Status(DONE, None, 0, 9, rate=7.0)), (free, Status(DONE, None, 1000, 5000))):
        store_plan(settings, made)
        store_status(settings, made.plan_id, status)
    assert expected_s(settings, "clicks", 1000) == 40.0
    assert expected_s(settings, "clicks", 1000, 10.0) == 100.0
    assert expected_s(settings, "clicks", 1000, 1000.0) == 40.0


def test_a_replay_into_the_metrics_says_nothing_of_the_time_of_one_into_the_lake(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    lake, metrics = plan(plan_id="1", events=100, target="lake,index"), plan(plan_id="2", events=100, target="metrics")
    for made, took_ms in ((lake, 4000), (metrics, 100_000)):
        store_plan(settings, made)
        store_status(settings, made.plan_id, Status(DONE, None, 1000, 1000 + took_ms))
    assert expected_s(settings, "clicks", 1000) == 40.0
