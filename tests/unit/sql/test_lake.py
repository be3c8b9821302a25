"""The lake's tables and what is written to them."""

import pytest

from tests.unit.sql.visits import CONNECTIONS, PLATFORM, stream
from tidegate.sql.lake import bronze_table, insert_bronze, insert_silver, job_sql, lake_catalog, silver_table


def test_every_statement_has_the_name_of_what_it_makes_or_fills() -> None:
    sql = job_sql(stream(), PLATFORM)

    assert [each.name for each in sql.definitions] == [
        "lake", "lake.bronze", "lake.silver", "lake.gold", "lake.bronze.visits", "lake.silver.visits", "raw_records",
        "silver",
        "dead_letters", "lake.bronze.dead_letters", "letter_records", "lake.gold.visits_page_visits_changes",
        "page_visits_changes",
    ]  # fmt: skip
    assert [insert.into for insert in sql.inserts] == [
        "lake.bronze.visits", "lake.silver.visits", "dead_letters", "lake.bronze.dead_letters",
        "lake.gold.visits_page_visits_changes",
    ]  # fmt: skip


def test_every_source_is_read_by_the_jobs_group() -> None:
    definitions = job_sql(stream(), PLATFORM).definitions

    read = [each.name for each in definitions if "'properties.group.id' = 'tidegate-lake-visits'" in each.sql]
    assert read == ["raw_records", "silver", "letter_records", "page_visits_changes"]


def test_the_catalog_is_reached_as_the_connections_say() -> None:
    assert "'uri' = 'http://catalog:8181'" in lake_catalog(CONNECTIONS.lake_catalog).sql


@pytest.mark.parametrize("make", [bronze_table, silver_table])
def test_a_table_is_partitioned_by_day_and_made_only_where_it_is_missing(make: object) -> None:
    assert callable(make)
    sql = make(stream()).sql

    assert sql.startswith("CREATE TABLE IF NOT EXISTS lake.")
    assert "PARTITIONED BY (`year`, `month`, `day`)" in sql
    assert "`year` INT,\n  `month` INT,\n  `day` INT\n)" in sql


def test_bronze_takes_every_record_by_the_day_of_arrival() -> None:
    sql = insert_bronze(stream()).sql

    assert "CAST(EXTRACT(YEAR FROM _ingested_at) AS INT)" in sql
    assert "WHERE" not in sql


def test_silver_takes_decoded_rows_by_the_day_of_the_event() -> None:
    sql = insert_silver(stream()).sql

    assert "CAST(EXTRACT(DAY FROM `visited_at`) AS INT)" in sql
    assert sql.endswith("WHERE _error_code IS NULL")
