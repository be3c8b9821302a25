"""Whole days go in one commit that says so; what comes meanwhile is seen."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyiceberg.exceptions import CommitStateUnknownException

from tests.unit.clients.strict_catalog import StrictCatalog
from tidegate.clients import lake_days
from tidegate.clients.lake_days import Shared, days_held, drop_days, files_by_day, files_of
from tidegate.clients.lake_exchange import Exchange, exchange_files
from tidegate.clients.retention_notes import removed_before
from tidegate.errors import TransientError

DAY = date(2026, 3, 1)
DATED = pa.schema([("offset", pa.int64()), *((part, pa.int32()) for part in ("year", "month", "day"))])
LETTERS = pa.schema([pa.field("offset", pa.int64()), pa.field("dataset", pa.string()), *[*DATED][1:]])
CHANGES = pa.schema([("offset", pa.int64()), ("_day", pa.date32())])


def row(offset: int, day: date, **more: Any) -> dict[str, Any]:
    return {"offset": offset, "year": day.year, "month": day.month, "day": day.day, "_day": day, **more}


def written(folder: Path, schema: pa.Schema, parts: tuple[str, ...], rows: list[dict[str, Any]]) -> StrictCatalog:
    catalog = StrictCatalog(folder)
    catalog.create("silver.clicks", schema, parts)
    catalog.load_table("silver.clicks").append(pa.Table.from_pylist(rows, schema))
    return catalog


def offsets(catalog: StrictCatalog) -> list[int]:
    return sorted(catalog.load_table("silver.clicks").scan().to_arrow()["offset"].to_pylist())


@pytest.fixture
def silver(tmp_path: Path) -> StrictCatalog:
    """Three days, the first of which ends a leap-year February."""
    rows = [row(number, date(2024, 2, 28) + timedelta(days=number // 2)) for number in range(6)]
    return written(tmp_path, DATED, ("year", "month", "day"), rows)


def test_each_day_is_counted(silver: StrictCatalog) -> None:
    held = days_held(silver.load_table("silver.clicks"))
    assert [(each.day, each.files, each.rows) for each in held] == [
        (date(2024, 2, 28), 1, 2),
        (date(2024, 2, 29), 1, 2),
        (date(2024, 3, 1), 1, 2),
    ]
    assert all(each.bytes > 0 for each in held)


def test_days_before_one_go_and_that_is_noted(silver: StrictCatalog) -> None:
    gone = drop_days(silver.load_table("silver.clicks"), date(2024, 3, 1))
    assert [(each.day.day, each.rows) for each in gone] == [(28, 2), (29, 2)]
    assert offsets(silver) == [4, 5]
    assert removed_before(silver.load_table("silver.clicks").properties) == date(2024, 3, 1)


def test_the_files_are_given_to_whoever_wants_them_before_each_try(silver: StrictCatalog) -> None:
    given: list[int] = []
    table = silver.load_table("silver.clicks")
    late = pa.Table.from_pylist([row(6, date(2024, 2, 28))], DATED)
    silver.before_commit = lambda: silver.load_table("silver.clicks").append(late)
    drop_days(table, date(2024, 3, 1), first=lambda dated: given.append(len(dated)))
    assert given == [2, 3]


def test_where_nothing_is_that_old_nothing_is_done_or_noted(silver: StrictCatalog) -> None:
    before = silver.load_table("silver.clicks").current_snapshot()
    assert drop_days(silver.load_table("silver.clicks"), date(2024, 2, 28)) == []
    now = silver.load_table("silver.clicks")
    assert now.current_snapshot() == before
    assert removed_before(now.properties) is None


def test_what_comes_between_is_taken_or_kept_by_its_day(silver: StrictCatalog) -> None:
    table = silver.load_table("silver.clicks")

    def live() -> None:
        rows = [row(6, date(2024, 2, 28)), row(7, date(2024, 3, 1))]
        silver.load_table("silver.clicks").append(pa.Table.from_pylist(rows, DATED))

    silver.before_commit = live
    gone = drop_days(table, date(2024, 3, 1))
    assert sum(each.rows for each in gone) == 5
    assert offsets(silver) == [4, 5, 7]


def test_whoever_is_overtaken_each_time_is_told(silver: StrictCatalog) -> None:
    table = silver.load_table("silver.clicks")

    def live() -> None:
        silver.load_table("silver.clicks").append(pa.Table.from_pylist([row(9, DAY)], DATED))
        silver.before_commit = live

    silver.before_commit = live
    with pytest.raises(TransientError, match="changed by others"):
        drop_days(table, date(2024, 3, 1))


def test_of_a_shared_table_only_the_datasets_rows_go(tmp_path: Path) -> None:
    rows = [row(1, DAY, dataset="clicks"), row(2, DAY, dataset="orders")]
    catalog = written(tmp_path, LETTERS, ("dataset", "year", "month", "day"), rows)
    table = catalog.load_table("silver.clicks")
    assert [each.rows for each in days_held(table, Shared("clicks"))] == [1]
    drop_days(table, date(2026, 4, 1), Shared("clicks"))
    assert offsets(catalog) == [2]
    assert removed_before(catalog.load_table("silver.clicks").properties) is None


def test_a_table_by_one_date_has_days_too(tmp_path: Path) -> None:
    catalog = written(tmp_path, CHANGES, ("_day",), [row(1, DAY), row(2, date(2026, 3, 2))])
    table = catalog.load_table("silver.clicks")
    assert [each.day for each in days_held(table)] == [DAY, date(2026, 3, 2)]
    drop_days(table, date(2026, 3, 2))
    assert offsets(catalog) == [2]


def test_rows_without_a_day_are_left_alone(tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"offset": 1, "year": None, "month": 1, "day": 1},
        {"offset": 2, "year": 2023, "month": 2, "day": 30},
    ]
    catalog = written(tmp_path, DATED, ("year", "month", "day"), rows)
    assert days_held(catalog.load_table("silver.clicks")) == []
    assert drop_days(catalog.load_table("silver.clicks"), DAY) == []


def test_files_are_found_by_their_day(silver: StrictCatalog) -> None:
    table = silver.load_table("silver.clicks")
    assert len(files_of(table, date(2024, 2, 29))) == 1
    assert files_of(table, DAY) == []
    assert [*files_by_day(table)] == [date(2024, 2, 28), date(2024, 2, 29), date(2024, 3, 1)]


def test_of_a_table_by_one_date_too(tmp_path: Path) -> None:
    catalog = written(tmp_path, CHANGES, ("_day",), [row(1, DAY), row(2, date(2026, 3, 2))])
    (found,) = files_of(catalog.load_table("silver.clicks"), DAY)
    assert found.file.record_count == 1


def test_what_the_catalog_took_without_a_word_is_told_as_done(
    silver: StrictCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_a_word(table: Any, exchange: Exchange) -> int:
        exchange_files(table, exchange)
        raise CommitStateUnknownException("502")

    monkeypatch.setattr(lake_days, "exchange_files", without_a_word)
    gone = drop_days(silver.load_table("silver.clicks"), date(2024, 3, 1))
    assert [each.rows for each in gone] == [2, 2]
    assert offsets(silver) == [4, 5]
