"""What is told of the lake's tables."""

from tidegate.query.catalog import Described, Lake


def test_tables_and_views_have_names_columns_and_rows(lake: Lake) -> None:
    assert lake.names == ["gold.clicks_page_views", "gold.clicks_page_views_changes", "silver.clicks"]
    view, changes, clicks = lake.described(lake.names)
    assert view == Described("gold.clicks_page_views", ("minute", "country", "views"), None)
    assert (changes.rows, changes.columns[-1]) == (4, "_day")
    assert (clicks.rows, clicks.columns[0]) == (2, "_source_offset")
