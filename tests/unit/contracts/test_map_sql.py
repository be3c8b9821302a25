import pytest

from tidegate.contracts.map_sql import overlap, read_map

SQL = """-- one row per reading
select
    meta.readingId as reading_id,
    raw.`meta`.seqNo as seq,
    operator.fullName,
    kWh energy,
    cast(kWh as int) as kwh, coalesce(a, b.c) c, case when a then b end as d,
    null as nothing
from raw;
"""


def test_columns_that_are_passed_straight_have_a_path() -> None:
    found = read_map(SQL)

    assert found.fault is None
    assert [item.name for item in found.items] == [
        "reading_id", "seq", "fullName", "energy", "kwh", "c", "d", "nothing"
    ]  # fmt: skip
    assert found.paths == {
        "reading_id": "meta.readingId",
        "seq": "meta.seqNo",
        "fullName": "operator.fullName",
        "energy": "kWh",
    }


def test_the_table_may_have_another_name() -> None:
    assert read_map("select r.id as x from RAW as r").paths == {"x": "id"}


def test_what_a_column_is_made_of_is_told() -> None:
    assert {"a", "b.c"} <= read_map(SQL).read_by({"c"})
    assert "kWh" not in read_map(SQL).read_by({"c"})


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "select 1 as a",
        "select a from raw where a > 0",
        "select a from other",
        "select distinct a from raw",
        "select a from raw, raw as r",
        "select count(*) as n from raw group by a",
        "select a from (select a from raw)",
        "with x as (select a from raw) select a from x",
    ],
)
def test_anything_but_one_row_for_each_record_is_a_fault(sql: str) -> None:
    assert read_map(sql).fault is not None


def test_paths_overlap_where_one_leads_to_the_other() -> None:
    assert overlap("operator", "operator.name")
    assert overlap("operator.name", "operator")
    assert not overlap("operator", "operators")
