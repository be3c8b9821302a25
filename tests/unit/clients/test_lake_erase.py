"""Columns of older rows are emptied day by day; what is done is known, so nothing is done twice."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.unit.clients.strict_catalog import StrictCatalog
from tidegate.clients.lake_days import days_held
from tidegate.clients.lake_erase import days_to_erase, emptied, erase
from tidegate.clients.retention_notes import erased_before

NAME = "silver.clicks"
FIRST = date(2026, 3, 1)
OPERATOR = pa.struct([pa.field("name", pa.string()), pa.field("age", pa.int32())])
SCHEMA = pa.schema(
    [
        pa.field("offset", pa.int64()),
        pa.field("ip", pa.string()),
        pa.field("operator", OPERATOR),
        *(pa.field(part, pa.int32()) for part in ("year", "month", "day")),
    ]
)


def row(offset: int, day: date, **more: Any) -> dict[str, Any]:
    parts = {"year": day.year, "month": day.month, "day": day.day}
    return {"offset": offset, "ip": "abc", "operator": {"name": "Ann", "age": 47}, **parts, **more}


@pytest.fixture
def lake(tmp_path: Path) -> StrictCatalog:
    """Three days with two rows each."""
    catalog = StrictCatalog(tmp_path)
    catalog.create(NAME, SCHEMA, ("year", "month", "day"))
    add(catalog, *(row(number, FIRST + timedelta(days=number // 2)) for number in range(6)))
    return catalog


def add(catalog: StrictCatalog, *rows: dict[str, Any]) -> None:
    catalog.load_table(NAME).append(pa.Table.from_pylist([*rows], SCHEMA))


def column(catalog: StrictCatalog, name: str) -> dict[int, Any]:
    rows = catalog.load_table(NAME).scan().to_arrow().to_pylist()
    return {each["offset"]: each[name] for each in rows}


def test_values_of_older_days_are_gone_and_nothing_else(lake: StrictCatalog) -> None:
    done = [*erase(lake.load_table(NAME), {"ip": FIRST + timedelta(days=2)})]

    assert [(each.day, each.rows) for each in done] == [(FIRST, 2), (FIRST + timedelta(days=1), 2)]
    assert column(lake, "ip") == {0: None, 1: None, 2: None, 3: None, 4: "abc", 5: "abc"}
    assert set(map(str, column(lake, "operator").values())) == {"{'name': 'Ann', 'age': 47}"}
    assert sum(each.rows for each in days_held(lake.load_table(NAME))) == 6
    assert erased_before(lake.load_table(NAME).properties) == {"ip": FIRST + timedelta(days=2)}


def test_what_is_done_is_not_done_again(lake: StrictCatalog) -> None:
    due = {"ip": FIRST + timedelta(days=3)}
    assert len([*erase(lake.load_table(NAME), due)]) == 3
    before = lake.load_table(NAME).current_snapshot()
    assert days_to_erase(lake.load_table(NAME), due) == []
    assert [*erase(lake.load_table(NAME), due)] == []
    assert lake.load_table(NAME).current_snapshot() == before


def test_who_is_killed_between_two_days_goes_on_with_the_next(lake: StrictCatalog) -> None:
    due = {"ip": FIRST + timedelta(days=3)}
    next(erase(lake.load_table(NAME), due))
    assert erased_before(lake.load_table(NAME).properties) == {"ip": FIRST + timedelta(days=1)}
    assert [each.day for each in erase(lake.load_table(NAME), due)] == [FIRST + timedelta(days=n) for n in (1, 2)]


def test_a_row_that_comes_late_is_erased_the_next_time(lake: StrictCatalog) -> None:
    due = {"ip": FIRST + timedelta(days=3)}
    assert len([*erase(lake.load_table(NAME), due)]) == 3
    add(lake, row(7, FIRST))
    assert [(each.day, each.rows) for each in erase(lake.load_table(NAME), due)] == [(FIRST, 1)]
    assert set(column(lake, "ip").values()) == {None}


def test_a_commit_of_somebody_else_in_between_is_kept(lake: StrictCatalog) -> None:
    table = lake.load_table(NAME)
    lake.before_commit = lambda: add(lake, row(7, FIRST), row(8, FIRST + timedelta(days=9)))
    done = [*erase(table, {"ip": FIRST + timedelta(days=1)})]
    assert [(each.day, each.rows) for each in done] == [(FIRST, 3)]
    found = column(lake, "ip")
    assert (found[7], found[8], len(found)) == (None, "abc", 8)


def test_of_a_record_only_the_field_goes(lake: StrictCatalog) -> None:
    add(lake, row(7, FIRST, operator=None))
    due = {"operator.name": FIRST + timedelta(days=1)}
    assert [each.rows for each in erase(lake.load_table(NAME), due)] == [2]  # the record that is null has nothing
    found = column(lake, "operator")
    assert (found[0], found[2], found[7]) == ({"name": None, "age": 47}, {"name": "Ann", "age": 47}, None)
    assert days_to_erase(lake.load_table(NAME), due) == []


def test_each_column_has_its_own_days(lake: StrictCatalog) -> None:
    days = [FIRST + timedelta(days=number) for number in range(3)]
    due = {"ip": days[2], "operator.age": days[1]}
    assert [each.paths for each in erase(lake.load_table(NAME), due)] == [("ip", "operator.age"), ("ip",)]
    assert erased_before(lake.load_table(NAME).properties) == due


def test_a_column_that_the_table_lacks_is_none_to_erase(lake: StrictCatalog) -> None:
    assert [*erase(lake.load_table(NAME), {"email": FIRST + timedelta(days=3)})] == []


def test_an_empty_file_has_nothing_to_empty() -> None:
    none = pa.Table.from_pylist([], SCHEMA)
    assert emptied(none, ("ip", "operator.name")).num_rows == 0
