"""The catalogue is the same everywhere."""

import subprocess
import sys
from decimal import Decimal

from producers.datasets.products import catalogue
from producers.datasets.products.catalogue import SIZE, UNKNOWN_PRODUCT_ID
from tests.project import PROJECT

FIRST = "from producers.datasets.products.catalogue import products; print(products()[:5])"


def test_ids_are_one_after_the_other_and_the_unknown_one_is_none_of_them() -> None:
    ids = [product.product_id for product in catalogue.products()]

    assert (len(ids), ids[0], ids[-1]) == (SIZE, "P00001", f"P{SIZE:05d}")
    assert UNKNOWN_PRODUCT_ID not in ids


def test_another_process_makes_the_same_products() -> None:
    other = subprocess.run([sys.executable, "-c", FIRST], cwd=PROJECT, capture_output=True, text=True, check=True)

    assert other.stdout == f"{catalogue.products()[:5]}\n"


def test_prices_are_above_zero_and_end_as_prices_do() -> None:
    assert all(product.list_price > 0 and product.list_price % 1 == Decimal("0.99") for product in catalogue.products())
