"""The sample shop's catalogue: the same products on every machine, so that enrichment finds what clicks name."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import numpy as np

SIZE = 2000
CURRENCY = "EUR"
UNKNOWN_PRODUCT_ID = "P99999"
"""A product that events name and the catalogue lacks."""
QUANTITIES = (1, 1, 1, 1, 1, 2, 2, 3)
"""Pieces that are bought at once, as often as they stand here."""
_SEED = 20260101
_CATEGORIES = {
    "Books": (14, ("Novel", "Atlas", "Cookbook", "Biography", "Comic")),
    "Cameras": (420, ("Camera", "Lens", "Tripod", "Flash")),
    "Coffee": (35, ("Espresso Cup", "Grinder", "Kettle", "Beans")),
    "Garden": (48, ("Spade", "Hose", "Planter", "Lantern", "Bench")),
    "Headphones": (110, ("Headphones", "Earbuds", "Headset")),
    "Kitchen": (32, ("Knife", "Pan", "Scale", "Bowl", "Apron")),
    "Laptops": (1150, ("Laptop", "Notebook", "Workstation")),
    "Outdoor": (85, ("Tent", "Backpack", "Sleeping Bag", "Stove")),
    "Phones": (640, ("Phone", "Smartphone", "Foldable")),
    "Shoes": (90, ("Sneaker", "Boot", "Sandal", "Running Shoe")),
    "Toys": (24, ("Puzzle", "Kite", "Train Set", "Board Game")),
    "Watches": (210, ("Watch", "Chronograph", "Smartwatch")),
}
_MAKERS = ("Alder", "Birk", "Corvid", "Dune", "Ember", "Fjord", "Gale", "Heron", "Isle", "Juno", "Kestrel", "Lumen")
_STYLES = ("Classic", "Compact", "Light", "Max", "Mini", "Nordic", "Plus", "Pro", "Retro", "Urban")


@dataclass(frozen=True, slots=True)
class Product:
    """One product of the sample shop."""

    product_id: str
    name: str
    category: str
    list_price: Decimal


@cache
def products() -> tuple[Product, ...]:
    """The ``SIZE`` products, by id."""
    return tuple(_make(np.random.default_rng(_SEED)))


def _make(rng: np.random.Generator) -> Iterator[Product]:
    names = list(_CATEGORIES)
    for number in range(1, SIZE + 1):
        category = names[rng.integers(len(names))]
        typical_price, nouns = _CATEGORIES[category]
        price = max(1, round(typical_price * rng.lognormal(0, 0.5)))
        yield Product(
            product_id=f"P{number:05d}",
            name=f"{_pick(rng, _MAKERS)} {_pick(rng, _STYLES)} {_pick(rng, nouns)}",
            category=category,
            list_price=Decimal(price) - Decimal("0.01"),
        )


def _pick(rng: np.random.Generator, words: tuple[str, ...]) -> str:
    return words[rng.integers(len(words))]
