"""Which tables have a view, and what it asks; ``test_session.py`` asks it."""

from tidegate.query.views import View, views_of


def test_changes_of_a_metric_have_a_view_and_nothing_else_has() -> None:
    tables = ["gold.clicks_page_views_changes", "silver.clicks_changes", "gold.other"]
    assert list(views_of(tables)) == [View("gold.clicks_page_views", "gold.clicks_page_views_changes")]


def test_names_are_in_the_quotes_of_the_engine() -> None:
    sql = View("gold.x", "gold.x_changes").query(["minute", "n", "_deleted", "_day"], ["minute"], "`")
    assert sql.startswith("select `minute`, `n` from (")
    assert "partition by `minute` order by _gold_offset desc" in sql
