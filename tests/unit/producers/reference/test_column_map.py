"""Files whose columns have other names than the fields."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from producers.reference.column_map import ColumnMap, read_map
from producers.reference.file_rows import file_rows
from tidegate.contracts.dataset import Reference
from tidegate.errors import TidegateError

VENDOR = {"name": "vendor", "type": ["null", "string"]}
MAP = ("product_id=id,name=Title", "category=kind", "list_price=price", "currency=cur", "updated_at=")


def rows(products: Reference, path: Path, text: str, *maps: str) -> list[Any]:
    path.write_text(text)
    return [row.values or row.problem for row in file_rows(path, products, read_map(maps, products))]


@pytest.mark.parametrize(
    "text",
    [
        "id,Title,kind,price,cur,internal\nL1,Lamp,Home,12.50,EUR,x\n",
        '{"id": "L1", "Title": "Lamp", "kind": "Home", "price": "12.50", "cur": "EUR", "internal": "x"}\n',
    ],
    ids=["csv", "json"],
)
def test_fields_are_read_from_the_columns_that_are_named(products: Reference, tmp_path: Path, text: str) -> None:
    [row] = rows(products, tmp_path / "machines", text, *MAP)
    assert {name: value for name, value in row.items() if value is not None} == {
        "product_id": "L1", "name": "Lamp", "category": "Home", "list_price": "12.50", "currency": "EUR",
    }  # fmt: skip


def test_a_field_of_no_column_is_null_though_the_file_has_one_of_its_name(products: Reference, tmp_path: Path) -> None:
    schema = {**products.latest, "fields": [*products.latest["fields"], VENDOR]}
    theirs = replace(products, versions={1: schema})
    for text in ("product_id,vendor\nL1,Acme\n", '{"product_id": "L1", "vendor": "Acme"}\n'):
        [row] = rows(theirs, tmp_path / "rows", text, "vendor=")
        assert row == {"product_id": "L1", "vendor": None}


def test_a_column_may_be_read_twice_and_a_mark_of_deletion_has_any_name(products: Reference, tmp_path: Path) -> None:
    [row] = rows(products, tmp_path / "rows.csv", "product_id,gone\nL1,true\n", "name=product_id,_deleted=gone")
    assert row == {"product_id": "L1", "name": "L1", "_deleted": "true"}


def test_without_a_map_a_strange_column_is_refused_with_the_way_out(products: Reference, tmp_path: Path) -> None:
    with pytest.raises(TidegateError, match="--map field=column"):
        rows(products, tmp_path / "rows.csv", "product_id,strange\nL1,x\n")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("vendor=maker", "products has no field vendor. Its fields: product_id"),
        ("product_id=", "every row of products needs a product_id"),
        ("category=", "every row of products needs a category"),
        ("name", "is no field=column"),
        ("name=a,name=b", "names the field name twice"),
        ("name=nosuch", "has no column 'nosuch', which --map names. Its columns: product_id, Title"),
        ("product_id=nosuch", "has no column 'nosuch'"),
    ],
)
def test_what_cannot_be_meant_is_said(products: Reference, tmp_path: Path, given: str, said: str) -> None:
    with pytest.raises(TidegateError) as raised:
        rows(products, tmp_path / "rows.csv", "product_id,Title\nL1,Lamp\n", given)
    assert said in str(raised.value)


def test_the_time_may_come_from_no_column(products: Reference) -> None:
    assert read_map(["updated_at="], products) == ColumnMap({"updated_at": ""})
