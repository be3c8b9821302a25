"""Whole days of event time, which no event that the running job reads can change any more."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.replay.lake import SETTINGS, VISITS
from tidegate.errors import TidegateError
from tidegate.jobs.counting import Counting, counting_parameter
from tidegate.replay import metrics_plan as module
from tidegate.replay.asked import Asked
from tidegate.replay.metrics_plan import plan_metrics, refuse_what_is_open, whole_days

END = datetime(2026, 1, 3, tzinfo=UTC)
END_MS = int(END.timestamp() * 1000)
HOUR = 3_600_000


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"),
        ("2026-01-02T10:00:00Z", "2026-01-02T10:01:00Z"),
        ("2026-01-02T01:00:00+01:00", "2026-01-03T00:30:00+01:00"),
    ],
)
def test_the_days_of_the_asked_times_are_taken_whole(start: str, end: str) -> None:
    assert whole_days(Asked(event_from=start, event_to=end)) == (datetime(2026, 1, 2, tzinfo=UTC), END)


@pytest.mark.parametrize(
    "asked",
    [
        Asked(offsets="0:1-2"),
        Asked(event_from="2026-01-02T00:00:00Z"),
        Asked(event_from="2026-01-02T00:00:00Z", event_to="2026-01-03T00:00:00Z", rate=5.0),
        Asked(event_from="2026-01-02T00:00:00Z", event_to="2026-01-03T00:00:00Z", source="raw"),
    ],
)
def test_another_range_is_refused(asked: Asked) -> None:
    with pytest.raises(TidegateError, match="by event time"):
        whole_days(asked)


def test_a_range_without_time_is_refused() -> None:
    with pytest.raises(TidegateError, match="not before its end"):
        whole_days(Asked(event_from="2026-01-03T00:00:00Z", event_to="2026-01-03T00:00:00Z"))


def told(monkeypatch: pytest.MonkeyPatch, counting: Counting | None, at_ms: int = END_MS + 24 * HOUR) -> None:
    parameters = {counting_parameter(VISITS.name): counting.text} if counting else {}
    monkeypatch.setattr(module, "live_jobs", lambda _: [])
    monkeypatch.setattr(module, "of_dataset", lambda *_: SimpleNamespace(job_id="job"))
    monkeypatch.setattr(module, "FlinkClient", lambda _: SimpleNamespace(parameters=lambda _job: parameters))
    monkeypatch.setattr(module, "now_ms", lambda: at_ms)


@pytest.mark.parametrize("counting", [Counting(22), Counting(144, since_ms=END_MS)])
def test_days_that_are_closed_for_the_running_job_may_be_made_again(
    monkeypatch: pytest.MonkeyPatch, counting: Counting
) -> None:
    told(monkeypatch, counting)
    refuse_what_is_open(SETTINGS, VISITS, END)


@pytest.mark.parametrize("counting", [Counting(24), Counting(1, empty_at_ms=END_MS + 23 * HOUR), Counting(144)])
def test_days_that_are_open_are_refused_with_when_they_close_and_how_to_close_them(
    monkeypatch: pytest.MonkeyPatch, counting: Counting
) -> None:
    told(monkeypatch, counting)
    with pytest.raises(TidegateError, match="from before 2026-01-03 until 2026-01") as refused:
        refuse_what_is_open(SETTINGS, VISITS, END)
    assert "TIDEGATE_METRICS_SINCE=2026-01-03 tidegate run metrics --recover-from none" in str(refused.value.remedy)


def test_a_job_that_does_not_run_or_does_not_tell_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, None)
    with pytest.raises(TidegateError, match="does not tell"):
        refuse_what_is_open(SETTINGS, VISITS, END)
    nothing: Any = lambda *_: None  # noqa: E731
    monkeypatch.setattr(module, "of_dataset", nothing)
    with pytest.raises(TidegateError, match="metrics does not run with visits"):
        refuse_what_is_open(SETTINGS, VISITS, END)


def test_a_plan_says_that_figures_behind_its_days_may_be_made_from_them(monkeypatch: pytest.MonkeyPatch) -> None:
    stands: dict[str, Any] = {
        "load_stream": lambda *_: VISITS,
        "refuse_what_is_open": lambda *_: None,
        "wait_until_settled": lambda *_: None,
        "open_table": lambda *_: None,
        "rows_held": lambda *_: SimpleNamespace(rows=7, bytes=70),
        "main_snapshot": lambda _: 1,
        "gold_figures": lambda *_: [],
    }
    for name, stand in stands.items():
        monkeypatch.setattr(module, name, stand)
    asked = Asked(event_from="2026-01-01T00:00:00Z", event_to="2026-01-03T00:00:00Z")
    made = plan_metrics(SETTINGS, VISITS.name, asked, "ann@host")
    assert made.times_ms == (END_MS - 48 * HOUR, END_MS)
    (told,) = [note for note in made.notes if "looks back" in note]
    assert "the beginning of 2026-01-03" in told
