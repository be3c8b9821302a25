"""Metrics into both of their sinks, from the rows that count."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.unit.sql.visits import METRIC, METRIC_SQL, PLATFORM, stream
from tidegate.sql.job_sql import JobSql
from tidegate.sql.metrics import Counted, job_sql, max_lateness_hours, silver_view

COUNTED = Counted(max_lateness_hours=6)
HOUR_MS = 3_600_000


def made(*names: str) -> JobSql:
    metrics = tuple(replace(METRIC, name=name) for name in names)
    return job_sql(replace(stream(), metrics=metrics), PLATFORM, COUNTED)


def test_a_dataset_without_metrics_has_nothing_to_insert() -> None:
    assert made().inserts == ()


def test_each_metric_is_planned_once_and_goes_into_a_topic_and_documents() -> None:
    sql = made("page_visits", "plans")

    assert [(view.name, view.query) for view in sql.shared_views] == [
        ("page_visits", METRIC_SQL),
        ("plans", METRIC_SQL),
    ]
    assert [insert.into for insert in sql.inserts] == [
        "page_visits_topic", "page_visits_documents", "plans_topic", "plans_documents", "dead_letters",
    ]  # fmt: skip
    assert all("FROM `page_visits`" in insert.sql for insert in sql.inserts[:2])


def test_a_metric_is_a_part_of_its_own() -> None:
    assert made("page_visits", "topic").parts == {
        "page_visits_topic": "page_visits",
        "page_visits_documents": "page_visits",
        "topic_topic": "topic",
        "topic_documents": "topic",
        "dead_letters": "",
    }


def test_another_metric_leaves_the_statements_of_the_first_as_they_are() -> None:
    alone, together = made("page_visits"), made("page_visits", "plans")

    assert {*alone.texts} < {*together.texts}


def test_the_view_of_silver_stands_before_what_reads_it() -> None:
    names = [each.name for each in made("page_visits").definitions]

    assert names == ["silver_records", "silver", "page_visits_topic", "page_visits_documents", "dead_letters"]


def test_state_outlives_each_event_that_may_meet_it() -> None:
    """By the day that a group may be of, an hour for the way, and the minute that the contract allows in the future."""
    assert made("page_visits").state_ttl_ms == (6 + 24 + 1) * HOUR_MS + 60_000


@pytest.mark.parametrize(("retention_hours", "expected"), [(3, 3), (6, 6), (168, 6)])
def test_an_event_is_never_waited_for_longer_than_silver_is_kept(retention_hours: int, expected: int) -> None:
    contract = stream(topic={"name": "raw.visits", "retention_hours": retention_hours}).contract

    assert max_lateness_hours(contract, COUNTED) == expected


def test_what_counts_is_asked_by_the_clock_of_the_job() -> None:
    query = silver_view(stream(), COUNTED).query

    assert query.endswith(
        "WHERE _error_code IS NULL AND counts_still(`visited_at`, 'visits', CAST(21600000 AS BIGINT), "
        "CAST(NULL AS BIGINT), CAST(NULL AS BIGINT))"
    )


def test_what_the_state_was_begun_with_is_in_the_query() -> None:
    began = datetime(2026, 1, 2, tzinfo=UTC)

    query = silver_view(stream(), Counted(6, since=began, empty_at=began + timedelta(seconds=1))).query

    assert query.endswith("CAST(1767312001000 AS BIGINT), CAST(1767312000000 AS BIGINT))")
