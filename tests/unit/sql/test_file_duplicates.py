"""Which rows are duplicates: the query is run on rows."""

from dataclasses import replace
from typing import Any

import duckdb
import pytest

from tests.unit.sql.test_file_source import visits_in_files
from tests.unit.sql.visits import PLATFORM
from tidegate.contracts.dataset import Files
from tidegate.contracts.model import Explode
from tidegate.sql.file_duplicates import MOST_DAYS, Comparing, duplicates_query, job_sql, of_days

DAY = (2026, 11, 28)
COLUMNS = "(id, _source_partition, _source_offset, year, month, day)"


def duplicates(
    rows: list[tuple[str, int, int, int]], *, dataset: Files | None = None, **changes: Any
) -> set[tuple[int, int, str]]:
    """``rows``: identity, number of the file, offset, day of November; in DuckDB."""
    asked = {"loaded": (7, 8), "replaced": (), "days": (DAY,)} | changes
    query = duplicates_query(dataset or visits_in_files(), Comparing("visits", "files-1", **asked))
    query = query.replace("lake.`silver`.`visits` /*+ OPTIONS('branch' = 'files-1') */", "silver")
    query = query.replace("`", '"').replace("AS STRING", "AS VARCHAR")
    with duckdb.connect() as connection:
        values = ", ".join(f"('{row[0]}', {row[1]}, {row[2]}, 2026, 11, {row[3]})" for row in rows)
        connection.execute(f"CREATE TABLE silver AS SELECT * FROM (VALUES {values}) AS t {COLUMNS}")
        found = connection.execute(query).fetchall()
        return {(row[0], row[1], row[3]) for row in found if row[2] == "duplicate"}


def test_the_first_row_by_file_and_place_is_none() -> None:
    assert duplicates([("a", 8, 0, 28), ("a", 7, 90, 28), ("a", 7, 40, 28), ("b", 7, 0, 28)]) == {
        (7, 90, "7:40"),
        (8, 0, "7:40"),
    }


def test_a_published_row_comes_first_whatever_its_number() -> None:
    assert duplicates([("a", 9, 5, 28), ("a", 7, 0, 28)]) == {(7, 0, "9:5")}


def test_published_rows_are_not_found_again() -> None:
    assert duplicates([("a", 1, 5, 28), ("a", 2, 0, 28)]) == set()


def test_rows_of_a_replaced_file_do_not_count() -> None:
    assert duplicates([("a", 3, 5, 28), ("a", 7, 0, 28)], replaced=(3,)) == set()


def test_rows_of_other_days_are_not_looked_at() -> None:
    assert duplicates([("a", 3, 5, 27), ("a", 7, 0, 28)]) == set()


def test_rows_of_one_record_are_no_duplicates_of_each_other() -> None:
    visits = visits_in_files()
    exploding = replace(visits, contract=visits.contract.model_copy(update={"explode": Explode(field="items")}))
    assert duplicates([("a", 7, 5, 28), ("a", 7, 5, 28), ("a", 8, 0, 28)], dataset=exploding) == {(8, 0, "7:5")}


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ((), "FALSE"),
        (((2026, 1, 2),), "(`year` = 2026 AND `month` = 1 AND `day` = 2)"),
        (tuple((2020, 1 + n % 12, 1) for n in range(MOST_DAYS + 1)), "`year` BETWEEN 2020 AND 2020"),
    ],
)
def test_days_are_named_as_partitions(days: tuple[tuple[int, int, int], ...], said: str) -> None:
    assert of_days(days) == said


def test_what_is_found_goes_to_the_runs_branch() -> None:
    made = job_sql(visits_in_files(), PLATFORM, Comparing("visits", "files-1", (7,), (), (DAY,)))

    [insert] = made.inserts
    assert insert.sql.startswith("INSERT INTO lake.`files`.`visits_verdicts` /*+ OPTIONS('branch' = 'files-1') */")
