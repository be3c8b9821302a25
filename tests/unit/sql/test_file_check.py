"""The SQL of a check: refine's own, without a server, to local files."""

from dataclasses import replace

from tests.unit.sql.test_file_source import visits_in_files
from tests.unit.sql.visits import PLATFORM, SILVER
from tidegate.sql.file_check import Checking, job_sql, not_looked_up, passed_column
from tidegate.sql.file_to_read import FileToRead
from tidegate.sql.files import Judging
from tidegate.sql.files import job_sql as load_sql

FILE = FileToRead("file:///in/a.csv", 120, 1_700_000_000_000, 1, "file:///in/a.csv")
CHECKING = Checking("visits", "/tmp/check", (FILE,), ("id",))
MADE = job_sql(visits_in_files(), PLATFORM, CHECKING)


def test_no_server_is_named() -> None:
    text = "\n".join(MADE.texts)

    for each in ("kafka", "iceberg", "http://", "contract-avro", "JOIN"):
        assert each not in text


def test_rows_are_judged_by_the_views_of_a_load_but_for_what_is_looked_up() -> None:
    load = load_sql(visits_in_files(), PLATFORM, Judging("visits", "files-1", (FILE,)))
    views = {each.name: each.sql for each in (*load.definitions, *load.shared_views) if hasattr(each, "query")}
    mine = {each.name: each.sql for each in (*MADE.definitions, *MADE.shared_views) if hasattr(each, "query")}

    assert {name for name, sql in mine.items() if views.get(name) != sql} == {"enriched"}
    assert mine.keys() == views.keys()


def test_what_would_be_looked_up_is_null_in_its_type_and_no_row_is_refused_for_it() -> None:
    [enriched] = [each.sql for each in (*MADE.definitions, *MADE.shared_views) if each.name == "enriched"]

    assert "CAST(NULL AS STRING) AS `page_title`" in enriched
    assert "FALSE AS _reference_missing" in enriched
    assert [*not_looked_up(visits_in_files())] == [
        "page is not looked up in pages; a load rejects rows that it lacks",
        "plan is not looked up in plans; a load rejects rows that it lacks",
    ]


def test_each_output_is_a_folder_of_json_lines() -> None:
    assert [insert.into for insert in MADE.inserts] == [
        "check_passed",
        "check_rejected",
        "check_splits",
        "check_dropped",
    ]
    assert "'path' = 'file:///tmp/check/passed'" in "\n".join(MADE.texts)


def test_of_rows_that_pass_the_wanted_columns_are_written_under_names_that_nobody_takes_for_another() -> None:
    both = Checking("visits", "/tmp/check", (FILE,), ("id", "page"))
    [table] = [
        each.sql for each in job_sql(visits_in_files(), PLATFORM, both).definitions if each.name == "check_passed"
    ]

    assert "`c0` STRING,\n  `c1` STRING" in table
    assert passed_column(both, "page") == "c1"


def test_a_decimal_is_written_as_text_so_that_all_of_its_digits_count() -> None:
    decimal = {"type": "bytes", "logicalType": "decimal", "precision": 30, "scale": 4}
    fields = [{**each, "type": decimal} if each["name"] == "plan_price" else each for each in SILVER["fields"]]
    visits = replace(visits_in_files(), silver={**SILVER, "fields": fields})
    made = job_sql(visits, PLATFORM, Checking("visits", "/tmp/check", (FILE,), ("plan_price",)))
    [table] = [each.sql for each in made.definitions if each.name == "check_passed"]
    [passed] = [each.sql for each in made.inserts if each.into == "check_passed"]

    assert "`c0` STRING" in table
    assert "CAST(CAST(`plan_price` AS DECIMAL(30, 4)) AS STRING)" in passed


def test_columns_that_nobody_wants_are_evaluated_so_that_a_record_for_which_they_fail_is_seen() -> None:
    """Flink would leave them out: tests/flink/test_check_files.py has such a record."""
    [passed] = [each.sql for each in MADE.inserts if each.into == "check_passed"]
    all_wanted = Checking("visits", "/tmp/check", (FILE,), tuple(visits_in_files().silver_fields))

    assert "CHAR_LENGTH(CONCAT_WS('', CAST(`visited_at` AS STRING), CAST(`visitor` AS STRING)" in passed
    assert "_ingested_at" not in passed
    assert not any("CONCAT_WS" in each.sql for each in job_sql(visits_in_files(), PLATFORM, all_wanted).inserts)
