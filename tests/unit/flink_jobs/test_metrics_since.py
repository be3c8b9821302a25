"""The first day of which silver has every row, by what retention has left of the topic."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from flink_jobs import metrics_since
from flink_jobs.metrics_since import first_whole_day
from tests.unit.sql.visits import stream
from tidegate.settings import Settings

NOW = datetime(2026, 1, 20, 12, tzinfo=UTC)
HOURS = stream().contract.topic.retention_hours
FUTURE = timedelta(seconds=stream().contract.event_time.max_future_s)
LONG_AGO = NOW - timedelta(hours=3 * HOURS)
BY_RULE, AGAIN_EARLIER = NOW - timedelta(hours=HOURS), NOW - timedelta(hours=2 * HOURS)


def day(version: int, start: int, first: datetime | None, monkeypatch: pytest.MonkeyPatch) -> datetime | None:
    """Of a topic of one partition."""
    contract = stream().of_silver_version(version).contract
    place = (contract.silver_topic, 0)
    offsets = SimpleNamespace(places=lambda _: [place], starts=lambda _: {place: start})
    records: dict[Any, Any] = {}
    if first is not None:
        records[place] = SimpleNamespace(timestamp=lambda: (2, int(first.timestamp() * 1000)))
    monkeypatch.setattr(metrics_since, "OffsetReader", lambda _: offsets)
    monkeypatch.setattr(metrics_since, "SingleRecords", lambda _: SimpleNamespace(at=lambda _: records))
    monkeypatch.setattr("flink_jobs.metrics_since.time", SimpleNamespace(time=NOW.timestamp))
    return first_whole_day(contract, Settings.model_construct())


def after(at: datetime) -> datetime:
    return (at + FUTURE).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


@pytest.mark.parametrize(
    ("version", "start", "first", "removed"),
    [
        (1, 5, LONG_AGO, LONG_AGO),
        (1, 5, None, NOW),
        (2, 5, LONG_AGO, BY_RULE),
        (2, 5, NOW, NOW),
        (2, 5, None, NOW),
        (2, 0, BY_RULE, AGAIN_EARLIER),
        (2, 0, None, BY_RULE),
    ],
)
def test_rows_may_be_gone_that_are_as_old_as_the_last_one_that_was_removed(
    version: int, start: int, first: datetime | None, removed: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a filled topic also ones behind the first that is left, which may be an old one of a replayed range."""
    assert day(version, start, first, monkeypatch) == after(removed)


def test_a_first_version_of_which_nothing_was_removed_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    assert day(1, 0, LONG_AGO, monkeypatch) is None
