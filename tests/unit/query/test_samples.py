"""The examples are of tables that are there; the commands of ``test_query.py`` run them."""

from tidegate.query.samples import samples


def test_an_empty_lake_has_none() -> None:
    assert samples([]) == []


def test_three_questions_of_the_lake_as_the_lake_job_makes_it() -> None:
    rows, newest, letters = samples(["bronze.clicks", "bronze.dead_letters", "silver.clicks"])
    assert "from silver.clicks" in rows
    assert "from bronze.clicks" in newest
    assert "from bronze.dead_letters where failed_at" in letters


def test_a_name_that_sql_would_not_take_is_quoted() -> None:
    assert 'from silver."my-clicks"' in samples(["silver.my-clicks"])[0]
