"""Which days of metrics loads have touched; that they are counted and replaced: tests/stack/test_files.py."""

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from tests.contracts import SCHEMAS
from tests.lake import DiskCatalog
from tests.unit.clients.strict_catalog import write_rows
from tests.unit.files.versions import version
from tidegate.clients import lake_rows
from tidegate.contracts.load import load_files
from tidegate.errors import TidegateError
from tidegate.files import figures as module
from tidegate.files.figures import count_again, count_days, days_of
from tidegate.files.to_index import Due, due
from tidegate.settings import Settings
from tidegate.sql.file_metrics import Counting

FIRST, SECOND, THIRD = date(2026, 11, 27), date(2026, 11, 28), date(2026, 11, 30)


def days(*of: date) -> str:
    return json.dumps([day.isoformat() for day in of])


def test_days_are_those_of_what_came_and_of_what_went() -> None:
    replaced: Any = {"state": "superseded", "silver": 3}
    versions = [
        version(1, **replaced, days=days(FIRST), counted=1),
        version(2, **replaced, days=days(THIRD), counted=0),
        version(3, state="loaded", days=days(SECOND, FIRST)),
        version(4, state="loaded", days=days(THIRD), counted=1),
    ]

    what = due(versions, "counted")

    assert what == Due((3,), (1,))
    assert days_of(versions, {*what.written, *what.gone}) == (FIRST, SECOND)


def test_a_dataset_without_metrics_is_left_alone_and_refused_if_it_is_named() -> None:
    catalog = load_files(SCHEMAS, "catalog")

    assert count_days(Settings(), catalog, "test") is None
    with pytest.raises(TidegateError, match="catalog has no metrics"):
        count_again(Settings(), catalog, None, "test")


def test_days_are_replaced_as_a_whole_and_once_and_the_row_that_says_all_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog, aside, jobs = DiskCatalog(tmp_path), list[Any](), list[str]()
    monkeypatch.setattr(lake_rows, "open_catalog", lambda _: catalog)
    monkeypatch.setattr(lake_rows, "find_table", lambda of, name: of.tables.get(name))
    schema = pa.schema([("shop", pa.string()), ("_day", pa.date32())])
    table = catalog.create("gold.sales_by_day", schema, ("_day",))
    table.append(pa.table([["old", "gone", "other"], [FIRST, SECOND, THIRD]], schema=schema))

    def job(_settings: Settings, plan_id: str, _order: Path) -> None:
        jobs.append(plan_id)
        aside.extend(write_rows(table, pa.table([["new", None], [FIRST, None]], schema=schema)))

    monkeypatch.setattr(module, "count_figures", job)
    monkeypatch.setattr(module, "branch_files", lambda _table, _branch: aside)
    dataset: Any = SimpleNamespace(name="sales", metrics=[SimpleNamespace(name="by_day")])
    counting = Counting("sales", "sales-1", "metrics-sales-1", (FIRST, SECOND))
    settings = Settings().model_copy(update={"home": tmp_path})

    assert module._count(settings, dataset, counting) == 1
    aside.clear()
    assert module._count(settings, dataset, counting) == 1

    rows = catalog.load_table("gold.sales_by_day").scan().to_arrow().to_pylist()
    assert {row["shop"]: row["_day"] for row in rows} == {"new": FIRST, "other": THIRD}
    assert jobs == ["sales-1"]
