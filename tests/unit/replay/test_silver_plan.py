"""Which replays may fill silver's next topics, and out of how much; one at a time, and no other beside it."""

from pathlib import Path

import pytest

from tests.unit.replay.plans import plan
from tests.unit.sql.visits import stream
from tidegate.errors import TidegateError
from tidegate.replay import silver_plan
from tidegate.replay.asked import Asked
from tidegate.replay.range_plan import NextSilver
from tidegate.replay.row_range import RowRange
from tidegate.replay.silver_plan import (
    next_silver,
    refuse_another_filler,
    refuse_silver,
    refuse_what_is_filled,
    told_of_earlier,
)
from tidegate.replay.store import CANCELLED, DONE, FILLED, FILLING, Status, store_plan, store_status
from tidegate.settings import Settings

VISITS = stream()
FILLER = plan(dataset="visits", target="lake,silver", silver=NextSilver(2, 4, 10, 20))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(silver_plan, "next_there", lambda *_: ["silver.visits.v2"])
    return Settings(home=tmp_path)


def test_a_range_of_event_times_is_refused() -> None:
    refuse_silver(VISITS, Asked(offsets="0:1-2"))
    for asked in (Asked(event_from="2026-01-01T00:00:00Z"), Asked(event_to="2026-01-01T00:00:00Z")):
        with pytest.raises(TidegateError, match="filled by raw offsets"):
            refuse_silver(VISITS, asked)


def test_topics_that_another_replay_has_filled_are_named_with_it(settings: Settings) -> None:
    store_plan(settings, FILLER)
    store_status(settings, FILLER.plan_id, Status(FILLED, filling={"version": 2}))
    with pytest.raises(TidegateError, match=rf"silver\.visits\.v2 is filled already, by the replay {FILLER.plan_id}"):
        refuse_what_is_filled(settings, VISITS)


def test_one_replay_fills_a_version_at_a_time_whether_its_topics_are_made_yet_or_not(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(silver_plan, "next_there", lambda *_: [])
    store_plan(settings, FILLER)
    store_status(settings, FILLER.plan_id, Status(FILLING, filling={"version": 2}))
    with pytest.raises(TidegateError, match=rf"filled already, by the replay {FILLER.plan_id}"):
        refuse_what_is_filled(settings, VISITS)
    with pytest.raises(TidegateError, match=rf"filled already, by the replay {FILLER.plan_id}"):
        refuse_another_filler(settings, "visits", 2, "20260102t030405-ffff")
    refuse_another_filler(settings, "visits", 2, FILLER.plan_id)
    refuse_another_filler(settings, "visits", 3)
    refuse_another_filler(settings, "clicks", 2)


@pytest.mark.parametrize(
    ("version", "status"),
    [(3, Status(FILLED, filling={"version": 3})), (2, Status(FILLED)), (2, Status(CANCELLED, filling={"version": 2}))],
    ids=["another version", "not begun", "cancelled"],
)
def test_topics_that_nobody_here_fills_are_told_as_such(settings: Settings, version: int, status: Status) -> None:
    made = plan(dataset="visits", target="lake,silver", silver=NextSilver(version, 4, 10, 20))
    store_plan(settings, made)
    store_status(settings, made.plan_id, status)
    with pytest.raises(TidegateError, match=r"there is a topic silver\.visits\.v2 already"):
        refuse_what_is_filled(settings, VISITS)


def test_without_such_topics_nothing_is_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silver_plan, "next_there", lambda *_: [])
    refuse_what_is_filled(settings, VISITS)


def test_ranges_that_only_the_lake_has_are_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silver_plan, "raw_has_some", lambda _settings, _stream, spans: spans[0][1] > 5)
    ranges = {"outside": (0, 10), "within": (20, 30), "gone": (0, 5), "planned": (0, 10), "filled": (0, 10)}
    for name, span in ranges.items():
        silver = NextSilver(2, 4, 10, 20) if name == "filled" else None
        store_plan(settings, plan(dataset="visits", plan_id=name, rows=RowRange({0: span, 1: (0, 0)}), silver=silver))
        store_status(settings, name, Status(DONE, snapshot_id=None if name == "planned" else 7))
    filler = plan(dataset="visits", plan_id="back", rows=RowRange({0: (0, 10)}), silver=NextSilver(2, 4, 10, 20))
    store_plan(settings, filler)
    store_status(settings, "back", Status(CANCELLED, snapshot_id=7))
    store_plan(settings, plan(plan_id="others", rows=RowRange({0: (0, 10)})))
    store_status(settings, "others", Status(DONE, snapshot_id=7))
    [told] = told_of_earlier(settings, VISITS, {0: (15, 30), 1: (0, 9)})
    assert "ranges that back, outside replayed into the lake alone" in told
    assert [*told_of_earlier(settings, VISITS, {0: (0, 30)})] == []


def test_what_is_copied_is_counted_over_both_topics(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    spans = {"silver.visits.v2": {0: (5, 25), 1: (0, 10)}, "dropped.visits.v2": {0: (0, 3), 1: (0, 0)}}
    monkeypatch.setattr(silver_plan, "topic_spans", lambda _, topic: spans.get(topic, {}))
    monkeypatch.setattr(silver_plan, "sampled_bytes", lambda *_: 100)
    assert next_silver(settings, VISITS.of_silver_version(2)) == NextSilver(3, 2, 33, 200)
    with pytest.raises(TidegateError, match=r"there is no topic silver\.visits, which the next one is filled from"):
        next_silver(settings, VISITS)
