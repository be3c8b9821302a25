"""The outline of a query sees what is outside, and only that."""

import pytest

from tidegate.contracts.sql_outline import changed_columns, outline


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("select a, b from t", ("a", "b")),
        ("select t.a, b as c, `d e` from t", ("a", "c", "d e")),
        ("select cast(a as int) as n, case when a = 'x, from' then 1 else 2 end as kind from t", ("n", "kind")),
        ("-- select z\nselect a /* , b */ from t", ("a",)),
        ("with s as (select x from t where x > 1) select x from s", ("x",)),
        ("select a + 1, count(*) from t", (None, None)),
    ],
)
def test_columns_are_named_as_the_query_names_them(sql: str, columns: tuple[str | None, ...]) -> None:
    assert outline(sql).columns == columns


@pytest.mark.parametrize(
    ("sql", "has_where"),
    [
        ("select a from t where a > 1", True),
        ("select a from (select a from t where a > 1)", False),
        ("select 'where' as a from t -- where", False),
        ("select a from t join u on t.a = u.a WHERE true", True),
    ],
)
def test_only_an_outer_where_counts(sql: str, has_where: bool) -> None:
    assert ("WHERE" in outline(sql).clauses) is has_where


def test_statements_are_counted() -> None:
    assert outline("select a from t;").statements == 1
    assert outline("select a from t; select b from t").statements == 2
    assert outline("-- nothing").statements == 0


@pytest.mark.parametrize(
    "sql",
    [
        "select id, a from t",
        "select t.id, a from t",
        "select `id` as `id`, t.id as id from t",
        "select distinct id from t where upper(id) = 'X' order by id",
        "select id, cast(a as bigint) as a, concat(id, '-') as other from t",
        "with s as (select id, max(a) as a from t group by id) select id, a from s",
        "select id -- upper(id) as id\nfrom t",
        "select * from t as id",
    ],
)
def test_a_column_that_stays_is_not_told(sql: str) -> None:
    assert changed_columns(sql, ["id"]) == []


@pytest.mark.parametrize(
    "sql",
    [
        "select upper(id) as id from t",
        "select UPPER(id) AS `id`, a from t",
        "select cast(id as bigint) as id from t",
        "select id || '-x' as id from t",
        "select other as id from t",
        "select case when a = 1 then id end as id from t",
        "with s as (select lower(id) as id from t) select id from s",
        "with s as (select lower(id) id from t) select id from s",
        "select id from (select trim(id) as id, a from t)",
        "select 'x' || id as id from t",
    ],
)
def test_a_column_that_is_made_anew_is_told_at_any_depth(sql: str) -> None:
    assert changed_columns(sql, ["id", "a"]) == ["id"]
