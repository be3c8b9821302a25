"""Catalog: a day's revisions of products, as suppliers describe them; the first are those of the sample shop."""

import json
from datetime import date

import numpy as np

from producers.datasets.products.catalogue import CURRENCY, products
from producers.files.block import Block, Ending, Endings, Stretch
from producers.files.texts import DAY_MS, digit_texts, same, time_texts
from tidegate.contracts.dataset import Files

_SEED = 20260203
_ENDINGS = 10_000
_FIRST_DAY = date(2020, 1, 1)
_SHOP_DIGITS, _DIGITS, _PER_FILE = 5, 12, 10**8
"""Ids of the shop's products have five digits; those of others more, so that each file has its own."""
_SAMPLE_SHARE, _RESCUED_SHARE = 0.01, 0.02
_COLOURS = ("black", "white", "grün", "navy blue", 'red "matte"')


class Catalog:
    """Makes revisions; a product has one a day, and each file of a day has other products."""

    columns: tuple[str, ...] = ()
    correction: tuple[str, object] = ("weight_g", 20_001)

    def __init__(self, dataset: Files) -> None:
        rng = np.random.default_rng(_SEED)
        self.endings = Endings([_ending(dataset, rng) for _ in range(_ENDINGS)])

    def block(self, stretch: Stretch, rng: np.random.Generator) -> Block:
        """The revisions of a stretch, by product."""
        rows, revision = stretch.rows, (stretch.day - _FIRST_DAY).days + 1
        numbers = (stretch.number - 1) * _PER_FILE + 1 + stretch.first + np.arange(rows, dtype=np.int64)
        digits = _SHOP_DIGITS if numbers[-1] < 10**_SHOP_DIGITS else _DIGITS
        times = time_texts(stretch.day, rng.integers(DAY_MS, size=rows))
        columns = [
            same('{"product_id":"P', rows),
            digit_texts(numbers, digits),
            same(f'","revision":{revision},"updated_at":"', rows),
            times,
        ]
        return self.endings.block(columns, rng)


file_rows = Catalog


def _ending(dataset: Files, rng: np.random.Generator) -> Ending:
    product = products()[rng.integers(len(products()))]
    number = int(rng.integers(10**9))
    is_sample = rng.random() < _SAMPLE_SHARE
    values: dict[str, object] = {
        "name": product.name,
        "category": "sample" if is_sample else product.category,
        "list_price": str(product.list_price) if number % 2 else float(product.list_price),
        "currency": CURRENCY,
        "supplier": {"supplier_id": f"S-{number % 50:03}", "country": ("DE", "CN", "fr")[number % 3]},
        "gtin": f"{number:013}" if number % 20 else f"{number % 10**8:08}",
        "size": {"width_mm": number % 900, "height_mm": number % 400, "depth_mm": number % 300} if number % 3 else None,
        "weight_g": number % 20_000,
        "images": [f"https://img.example.com/{number}/{n}.jpg" for n in range(number % 4)],
        "attributes": {"colour": _COLOURS[number % len(_COLOURS)], "warranty": f"{number % 5} years"},
    }
    if rng.random() < _RESCUED_SHARE:
        values["energy_class"] = "ABCDEFG"[number % 7]
    warned = ("gtin_has_13_digits",) * (number % 20 == 0) + ("has_an_image",) * (number % 4 == 0)
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return Ending(f'",{text[1:]}'.encode(dataset.file.encoding), "no_samples" if is_sample else "", warned)
