"""The outline of a query sees what is outside, and only that."""

import pytest

from tidegate.contracts.sql_outline import outline


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
