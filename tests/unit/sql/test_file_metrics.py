"""The SQL by which days of files are counted: spans, what is read, and where the figures go."""

from datetime import date
from pathlib import Path

from tests.sales import BY_DAY, BY_DAY_SCHEMA
from tests.unit.sql import visits
from tidegate.contracts.dataset import Files, Metric
from tidegate.sql.file_metrics import Counting, job_sql

DAYS = (date(2026, 1, 2), date(2026, 1, 3), date(2026, 2, 1))
MS = 86_400_000
COUNTING = Counting("visits", "visits-1", "metrics-visits-1", DAYS)


def dataset() -> Files:
    stream = visits.stream()
    metric = Metric("visits", "by_day", BY_DAY_SCHEMA, ("day", "shop"), BY_DAY)
    return Files(stream.contract, Path(), stream.versions, stream.silver, stream.refine_sql, (metric,))


def test_days_that_follow_upon_each_other_are_one_span() -> None:
    start = 1_767_312_000_000

    assert COUNTING.times == [(start, start + 2 * MS), (start + 30 * MS, start + 31 * MS)]


def test_an_order_is_read_as_it_was_written() -> None:
    assert Counting.from_json(COUNTING.to_json()) == COUNTING


def test_figures_go_to_a_branch_with_their_day_and_a_row_that_says_they_are_all() -> None:
    [insert] = job_sql(dataset(), visits.PLATFORM, COUNTING).inserts

    assert insert.into == "lake.gold.visits_by_day"
    head, figures, end = insert.sql.partition("\n")[0], insert.sql, insert.sql.rpartition("\n")[2]
    assert head == (
        "INSERT INTO lake.`gold`.`visits_by_day` /*+ OPTIONS('branch' = 'metrics-visits-1') */ "
        "(`day`, `shop`, `sales`, `revenue`, `_day`)"
    )
    assert "CAST(CAST(`day` AS TIMESTAMP_LTZ(3)) AS DATE)\nFROM `by_day`\nWHERE (CAST(`day`" in figures
    assert end.startswith("SELECT CAST(NULL AS TIMESTAMP_LTZ(6)), CAST(NULL AS STRING)")
    assert end.endswith("CAST(NULL AS DATE)")


def test_rows_of_the_day_before_are_read_too() -> None:
    view = job_sql(dataset(), visits.PLATFORM, COUNTING).definitions[-1]

    assert ">= CAST(TIMESTAMP '2026-01-01 00:00:00' AS TIMESTAMP_LTZ(3))" in view.sql
    assert "< CAST(TIMESTAMP '2026-01-04 00:00:00' AS TIMESTAMP_LTZ(3))" in view.sql
