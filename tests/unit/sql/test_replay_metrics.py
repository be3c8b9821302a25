"""Figures of a range's first minutes may be made from rows of the day before; no figure of that day is written."""

from tests.unit.sql.visits import METRIC, PLATFORM, stream
from tidegate.sql.metrics import inserts
from tidegate.sql.replay_metrics import inserts_of, job_sql, silver_view

DAY_MS = 86_400_000
FIRST_MS = 1_767_312_000_000
"""Midnight of 2026-01-02, UTC."""
TIMES = [(FIRST_MS, FIRST_MS + DAY_MS)]


def between(column: str, start: str, end: str) -> str:
    first, last = (f"CAST(TIMESTAMP '{day} 00:00:00' AS TIMESTAMP_LTZ(3))" for day in (start, end))
    return f"WHERE ({column} >= {first} AND {column} < {last})"


def test_rows_are_read_from_a_day_before_the_range() -> None:
    assert silver_view(stream(), TIMES).query.endswith(between("`visited_at`", "2026-01-01", "2026-01-03"))


def test_keys_of_the_range_alone_are_written_to_both_sinks() -> None:
    written = [insert.sql for insert in job_sql(stream(), PLATFORM, TIMES).inserts]
    condition = between("CAST(`minute` AS TIMESTAMP_LTZ(3))", "2026-01-02", "2026-01-03")
    assert written == [f"{insert.sql}\n{condition}" for insert in inserts(METRIC)]


def test_without_a_day_nothing_is_read_and_written() -> None:
    assert silver_view(stream(), []).query.endswith("WHERE FALSE")
    assert all(insert.sql.endswith("WHERE FALSE") for insert in inserts_of(METRIC, []))
