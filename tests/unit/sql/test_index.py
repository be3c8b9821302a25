"""Silver rows to documents."""

from tests.unit.sql.visits import PLATFORM, stream
from tidegate.sql.index import job_sql


def test_a_dataset_without_an_index_section_has_nothing_to_insert() -> None:
    assert job_sql(stream(index=None), PLATFORM).inserts == ()


def test_decoded_silver_rows_become_documents() -> None:
    sql = job_sql(stream(), PLATFORM)

    assert [each.name for each in sql.definitions] == ["silver", "documents", "dead_letters"]
    assert "'properties.group.id' = 'tidegate-index-visits'" in sql.definitions[0].sql
    assert [insert.into for insert in sql.inserts] == ["documents", "dead_letters"]
    insert = sql.inserts[0]
    assert insert.sql.startswith("INSERT INTO documents SELECT `_source_partition`, `_source_offset`, `id`")
    assert insert.sql.endswith("FROM silver WHERE _error_code IS NULL")
