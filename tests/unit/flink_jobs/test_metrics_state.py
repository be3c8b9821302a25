"""Whether figures stay right if the metrics job goes on from a state."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flink_jobs import metrics_state
from flink_jobs.begun import Begun
from flink_jobs.job import StateFacts
from flink_jobs.metrics_state import go_on, unusable
from tests.unit.sql.visits import METRIC, stream
from tidegate.settings import Settings

SETTINGS = Settings.model_construct(metrics_max_lateness_hours=6, metrics_since=None)
VISITS = replace(stream(), metrics=(METRIC,))
UIDS = ("metrics:visits:Source: silver_records:1", f"metrics:visits:{METRIC.name}:GroupAggregate:1")

SWITCHED = "it is of before visits was switched to version 2 of silver, of which rows were counted since"


def state(uids: Iterable[str] = UIDS, age_hours: float = 1, kept_hours: float | None = 6) -> StateFacts:
    begun = Begun(max_lateness_hours=kept_hours)
    return StateFacts(frozenset(uids), {"visits": begun}, timedelta(hours=age_hours))


def test_a_state_of_a_short_stop_is_used() -> None:
    assert unusable([VISITS], SETTINGS, state(age_hours=2.9)) is None


def test_after_a_long_stop_events_would_be_too_late_that_were_not() -> None:
    reason = unusable([VISITS], SETTINGS, state(age_hours=3.1))

    assert reason == "it is 3 hours old, and events of visits count for 6 hours only"


def test_a_metric_that_is_new_would_count_from_now_on_only() -> None:
    with_another = replace(VISITS, metrics=(METRIC, replace(METRIC, name="plans")))

    assert unusable([with_another], SETTINGS, state()) == "it holds nothing of the metric plans of visits"


def test_a_metric_whose_name_begins_like_anothers_is_new_too() -> None:
    with_another = replace(VISITS, metrics=(METRIC, replace(METRIC, name=METRIC.name[:-1])))

    assert unusable([with_another], SETTINGS, state()) is not None


def test_a_dataset_that_is_new_begins_beside_the_others() -> None:
    other = stream(dataset="others")
    with_metric = replace(other, metrics=(METRIC,))

    assert unusable([VISITS, with_metric], SETTINGS, state()) is None


def test_a_dataset_without_metrics_has_no_state_to_miss() -> None:
    assert unusable([replace(VISITS, metrics=())], SETTINGS, state(age_hours=1000)) is None


@pytest.mark.parametrize(("kept_hours", "used"), [(5, False), (6, True), (7, True), (None, True)])
def test_state_that_was_kept_for_less_late_events_is_not_used(kept_hours: float | None, used: bool) -> None:
    assert (unusable([VISITS], SETTINGS, state(kept_hours=kept_hours)) is None) == used


def test_the_guard_of_a_start_from_nothing_holds_after_each_restart() -> None:
    since = datetime(2026, 1, 2, tzinfo=UTC)
    begun = Begun(since, since, 6)

    assert go_on(VISITS, SETTINGS, begun) == begun
    assert go_on(VISITS, SETTINGS, go_on(VISITS, SETTINGS, begun)) == begun


def test_a_day_that_is_set_later_holds_from_then_on() -> None:
    since = datetime(2026, 1, 2, tzinfo=UTC)
    set_later = SETTINGS.model_copy(update={"metrics_since": since + timedelta(days=1)})

    assert go_on(VISITS, SETTINGS, go_on(VISITS, set_later, Begun(since=since))).since == since + timedelta(days=1)


@pytest.mark.parametrize(("moved_on", "reason"), [(False, None), (True, SWITCHED)])
def test_a_state_of_before_a_switch_is_one_until_rows_of_the_new_topic_were_counted(
    monkeypatch: pytest.MonkeyPatch, moved_on: bool, reason: str | None
) -> None:
    monkeypatch.setattr(metrics_state, "has_moved_on", lambda _settings, _contract, job: moved_on and job == "metrics")
    source = "metrics:visits:KafkaSource-default_catalog.visits.silver_records:1"
    second = VISITS.of_silver_version(2)

    assert unusable([second], SETTINGS, state((*UIDS, source))) == reason
    assert unusable([second], SETTINGS, state((*UIDS, source.replace(":1", ".v2:1")))) is None
    assert unusable([VISITS], SETTINGS, state((*UIDS, source))) is None
