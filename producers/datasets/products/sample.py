"""The sample that ``tidegate load products --sample`` loads: the products that generated clicks and orders name."""

from collections.abc import Iterator
from datetime import UTC, datetime

from producers.datasets.products.catalogue import CURRENCY, products

_UPDATED_AT = datetime(2010, 1, 1, tzinfo=UTC)


def sample() -> Iterator[dict[str, object]]:
    """The products as records of the dataset ``products``."""
    for product in products():
        yield {
            "product_id": product.product_id,
            "name": product.name,
            "category": product.category,
            "list_price": product.list_price,
            "currency": CURRENCY,
            "updated_at": _UPDATED_AT,
        }
