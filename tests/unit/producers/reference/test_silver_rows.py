"""Versions of keys out of loaded files: each once, by their times, a corrected one in the place of the old."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from producers.reference import silver_rows
from producers.reference.column_map import ColumnMap
from producers.reference.silver import Silver
from producers.reference.silver_rows import SilverRows, plain
from tests.contracts import SCHEMAS
from tests.lake import DiskCatalog
from tests.unit.files.versions import version
from tidegate.clients import lake_rows
from tidegate.contracts.dataset import Reference
from tidegate.contracts.load import load_files
from tidegate.errors import TidegateError
from tidegate.settings import Settings

FIRST, LATER = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)
DAY = date(2026, 11, 29)
SCHEMA = pa.schema(
    [
        pa.field("_source_partition", pa.int32()),
        pa.field("_source_offset", pa.int64()),
        pa.field("product_id", pa.string()),
        pa.field("updated_at", pa.timestamp("us", "UTC")),
        pa.field("name", pa.string()),
        pa.field("category", pa.string()),
        pa.field("list_price", pa.decimal128(12, 2)),
        pa.field("currency", pa.string()),
    ]
)
VERSIONS = [version(1, state="loaded"), version(2, state="loaded", date=DAY), version(3, state="superseded")]


def row(number: int, offset: int, key: str, at: datetime, name: str) -> dict[str, Any]:
    values = (number, offset, key, at, name, "home", Decimal("12.50"), "EUR")
    return dict(zip(SCHEMA.names, values, strict=True))


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, products: Reference) -> SilverRows:
    """Two loaded files, of one row twice, and a row of a file that is not loaded any more."""
    catalog = DiskCatalog(tmp_path)
    monkeypatch.setattr(lake_rows, "open_catalog", lambda _: catalog)
    monkeypatch.setattr(lake_rows, "find_table", lambda of, name: of.tables.get(name))
    monkeypatch.setattr(silver_rows, "read_versions", lambda *_: tuple(VERSIONS))
    table = catalog.create("silver.catalog", SCHEMA)
    for rows in (
        [row(2, 0, "P2", FIRST, "Mug"), row(1, 90, "P1", LATER, "Lamp 2"), row(1, 0, "P1", FIRST, "Lamp")],
        [row(2, 50, "P1", FIRST, "Lamp, corrected"), row(3, 0, "P9", FIRST, "gone")],
    ):
        table.append(pa.Table.from_pylist(rows, schema=SCHEMA))
    found = Silver(Settings(), load_files(SCHEMAS, "catalog")).opened(products, ColumnMap())
    assert isinstance(found, SilverRows)
    return found


def told(rows: SilverRows) -> list[tuple[str, str]]:
    return [(each.values["product_id"], each.values["name"]) for each in rows.rows() if each.values]


def test_each_version_of_a_key_comes_once_and_the_newest_last(opened: SilverRows) -> None:
    assert told(opened) == [("P1", "Lamp, corrected"), ("P2", "Mug"), ("P1", "Lamp 2")]
    assert opened.keys() == {"P1", "P2"}


def test_values_are_as_json_has_them(opened: SilverRows) -> None:
    last = [*opened.rows()][-1]

    assert last.values == {
        "product_id": "P1",
        "name": "Lamp 2",
        "category": "home",
        "list_price": "12.50",
        "currency": "EUR",
        "updated_at": "2026-11-02T00:00:00+00:00",
    }
    assert (last.number, last.place) == (3, "row P1")


def test_of_a_date_only_its_files_count(opened: SilverRows) -> None:
    assert told(replace(opened, day=DAY)) == [("P1", "Lamp, corrected"), ("P2", "Mug")]


def test_there_is_nothing_of_a_date_without_a_loaded_file(opened: SilverRows) -> None:
    with pytest.raises(TidegateError, match="no file of catalog of 2026-01-01 is loaded"):
        told(replace(opened, day=date(2026, 1, 1)))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([("a", Decimal("1.0"))], {"a": "1.0"}),
        ([{"at": date(2026, 1, 2)}], [{"at": "2026-01-02"}]),
        (b"\x00\xff", "AP8="),
        ([], []),
        (None, None),
    ],
)
def test_a_nested_value_too(value: object, expected: object) -> None:
    assert plain(value) == expected
