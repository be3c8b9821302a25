"""Which of the lake's tables are a dataset's; what lies there is looked for on real servers."""

from tests.contracts import SCHEMAS
from tidegate.clients.lake_days import WHOLE, Shared
from tidegate.contracts.load import load_files, load_stream
from tidegate.retention.look import lake_places


def test_a_stream_has_bytes_rows_letters_and_metrics() -> None:
    places = lake_places(load_stream(SCHEMAS, "orders"))
    assert [(kind, name, limit.days) for kind, name, limit, _ in places] == [
        ("silver", "silver.orders", 1825),
        ("bronze", "bronze.orders", 730),
        ("dead letters", "bronze.dead_letters", 730),
        ("metrics", "gold.orders_sales_changes", 1825),
    ]
    assert [part for *_, part in places] == [WHOLE, WHOLE, Shared("orders"), WHOLE]


def test_what_comes_in_files_has_no_table_of_bytes() -> None:
    places = lake_places(load_files(SCHEMAS, "customers"))
    assert [(kind, limit.said_by) for kind, _, limit, _ in places] == [
        ("silver", "lake.retention_days"),
        ("dead letters", "privacy.first_name.retention_days"),
    ]
