"""The value that a job's SQL is."""

from tidegate.sql.job_sql import Insert, JobSql, Table, View

SQL = JobSql(
    state_ttl_ms=1,
    definitions=(Table("raw", "CREATE TABLE raw (id INT)"), View("good", "SELECT id FROM raw")),
    shared_views=(View("counted", "SELECT count(*) FROM good"),),
    inserts=(Insert("first", "INSERT INTO first TABLE counted", "a"), Insert("second", "INSERT INTO second TABLE raw")),
)


def test_a_view_is_made_of_its_query() -> None:
    assert SQL.definitions[1].sql == "CREATE TEMPORARY VIEW good AS\nSELECT id FROM raw"


def test_the_texts_are_all_that_may_name_a_function() -> None:
    assert [text.split()[0] for text in SQL.texts] == ["CREATE", "CREATE", "CREATE", "INSERT", "INSERT"]


def test_a_sinks_table_says_to_which_part_of_the_job_it_belongs() -> None:
    assert SQL.parts == {"first": "a", "second": ""}


def test_each_table_says_which_version_of_silver_it_reads() -> None:
    assert SQL.versions == {"raw": 1}
    assert JobSql(1, definitions=(Table("silver", "", version=3), Table("lake", ""))).versions == {
        "silver": 3,
        "lake": 1,
    }
