"""A metric's records on their way to the lake; ``tests/jobs/test_query.py`` has them there."""

from tests.contracts import SCHEMAS
from tests.unit.sql.visits import CONNECTIONS
from tidegate.contracts.load import load_stream
from tidegate.sql.lake_changes import changes_source, changes_table, definitions, insert_changes

CLICKS = load_stream(SCHEMAS, "clicks")
PAGE_VIEWS = next(metric for metric in CLICKS.metrics if metric.name == "page_views")


def test_the_table_knows_its_key_and_is_partitioned_by_the_day_of_the_metrics_time() -> None:
    sql = changes_table(PAGE_VIEWS).sql
    assert "lake.`gold`.`clicks_page_views_changes`" in sql
    assert "'tidegate.key' = 'minute,country,device_family'" in sql
    assert "PARTITIONED BY (`_day`)" in sql


def test_the_key_is_read_beside_the_row_since_a_deleted_one_has_no_row() -> None:
    source = changes_source(PAGE_VIEWS, CONNECTIONS, "group").sql
    assert "'key.fields' = '_key_minute;_key_country;_key_device_family'" in source
    assert "'value.fields-include' = 'EXCEPT_KEY'" in source
    insert = insert_changes(PAGE_VIEWS)
    assert "COALESCE(`minute`, `_key_minute`)" in insert.sql
    assert "_error_code = 'TOMBSTONE'" in insert.sql
    assert insert.part == "page_views"


def test_each_metric_has_a_table_and_a_source() -> None:
    assert [each.name for each in definitions(CLICKS, CONNECTIONS, "group")][-2:] == [
        "lake.gold.clicks_page_views_changes",
        "page_views_changes",
    ]
