"""Which columns of silver the fields of reference data are read from, and which versions of a key are sent."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from producers.reference.column_map import read_map
from producers.reference.load import Load
from producers.reference.rows import Row
from producers.reference.silver import Silver
from producers.reference.silver_rows import SilverRows
from tests.contracts import SCHEMAS
from tests.unit.producers.reference.shop import NOW, Shop, product
from tidegate.contracts.dataset import Reference
from tidegate.contracts.load import load_files
from tidegate.errors import TidegateError
from tidegate.settings import Settings

CATALOG = Silver(Settings(), load_files(SCHEMAS, "catalog"))
LATER = NOW + timedelta(hours=1)
TRANSACTIONS = Silver(Settings(), load_files(SCHEMAS, "transactions"))


def columns(silver: Silver, products: Reference, *mapped: str) -> dict[str, str]:
    opened = silver.opened(products, read_map(mapped, products))
    assert isinstance(opened, SilverRows)
    return {**opened.columns}


def test_products_are_read_from_the_catalogs_columns_of_their_names(products: Reference) -> None:
    assert columns(CATALOG, products) == {name: name for name in products.raw_fields}


def test_a_field_may_be_read_from_another_column(products: Reference) -> None:
    assert columns(CATALOG, products, "category=supplier_id")["category"] == "supplier_id"


@pytest.mark.parametrize(
    ("silver", "mapped", "lacking"),
    [
        (CATALOG, ["name=title"], "'title'"),
        (TRANSACTIONS, [], "'updated_at'"),
    ],
)
def test_a_column_that_is_missing_is_named(
    products: Reference, silver: Silver, mapped: list[str], lacking: str
) -> None:
    with pytest.raises(TidegateError, match=f"has no column {lacking}"):
        columns(silver, products, *mapped)


class Files:
    """In place of loaded files: the versions of products that silver has, by their time."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.found = rows

    def opened(self, *_: object) -> "Files":
        return self

    def keys(self) -> set[str]:
        return {row["product_id"] for row in self.found}

    def rows(self) -> Iterator[Row]:
        for number, row in enumerate(self.found, start=1):
            yield Row(number, row, "", json.dumps(row).encode())


def loaded(shop: Shop, *rows: dict[str, Any]) -> list[tuple[str, datetime | None]]:
    files: Any = Files(*rows)
    return shop.send(Load(silver=files), LATER)


@pytest.fixture
def shop(products: Reference, tmp_path: Path) -> Shop:
    return Shop(products, tmp_path)


def test_of_loaded_files_every_version_is_sent_that_is_newer_than_what_is_known(shop: Shop) -> None:
    first, second = product("L1"), product("L1", LATER, name="Sun")

    assert loaded(shop, first, product("L2")) == [("L1", NOW), ("L2", NOW)]
    assert loaded(shop, first, product("L2"), second) == [("L1", LATER)]
    assert loaded(shop, first, product("L2"), second) == []
    assert loaded(shop, first) == [], "an older one would become the newest, and no key goes that files do not name"


def test_a_version_that_a_file_corrects_is_sent_again(shop: Shop) -> None:
    loaded(shop, product("L1"))

    assert loaded(shop, product("L1", name="Sun")) == [("L1", NOW)]
