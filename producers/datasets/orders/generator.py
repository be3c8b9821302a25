"""Orders of the sample shop: placed, most of them paid, some shipped or cancelled; each change is an event."""

import itertools
from collections import deque
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from producers.datasets.products.catalogue import CURRENCY, QUANTITIES, UNKNOWN_PRODUCT_ID, products
from producers.generated.generator import Generator, Traffic
from producers.generated.poison import Record
from producers.generated.records import Made, Records
from producers.sending.ids import uuid7_texts

_CUSTOMERS = 50_000
_UNKNOWN_PRODUCT_SHARE = 0.002
_CHANGE_SHARE = 0.55
_MAX_OPEN = 20_000
_NEXT = {"placed": (0.93, "paid", "cancelled"), "paid": (0.97, "shipped", "cancelled")}
"""By status: the share of what usually comes next, that, and what comes else."""
_COUNTRIES = ("DE", "FR", "NL", "AT", "GB", "US", "PL", None)
_LINES = (1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 7)
_LINES_DRAWN = 256
_PAID_SHARE = tuple(Decimal(text) for text in ("1", "1", "1", "0.95", "0.90", "0.80"))
_CENT = Decimal("0.01")

_BAD_LINE = {"product_id": "P00001", "quantity": 0, "unit_price": Decimal("1.00")}
BREAKS: Mapping[str, Record] = {
    "order_id_is_uuid": {"order_id": "4711"},
    "known_status": {"status": "lost"},
    "has_lines": {"lines": []},
    "quantities_are_positive": {"lines": [_BAD_LINE]},
    "prices_are_not_negative": {"lines": [_BAD_LINE | {"quantity": 1, "unit_price": Decimal("-0.01")}]},
}
"""What breaks each reject rule of the contract."""


class _Order(NamedTuple):
    record: Record
    has_unknown_product: bool


class _Drawn(NamedTuple):
    """What chance says of one event; a change of an order needs only ``time_ms`` and ``share``, which is in [0, 1)."""

    time_ms: int
    order_id: bytes
    share: float
    customer: int
    lines: int
    country: int


def generator(traffic: Traffic, rng: np.random.Generator) -> Generator:
    """The generator of the dataset ``orders``."""
    return Records(traffic, rng, Orders(rng), BREAKS)


class Orders:
    """Makes new orders and changes of those made before."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._catalogue = [(product.product_id, product.list_price) for product in products()]
        self._lines = self._draw_lines()
        self._open: deque[_Order] = deque(maxlen=_MAX_OPEN)

    def __call__(self, times_ms: NDArray[np.int64]) -> list[Made]:
        """One order or change per time."""
        rng, count = self._rng, len(times_ms)
        changes = (rng.random(count) < _CHANGE_SHARE).tolist()
        draws = zip(
            times_ms.tolist(),
            map(bytes, uuid7_texts(times_ms, rng)),
            rng.random(count).tolist(),
            (rng.zipf(1.3, count) % _CUSTOMERS).tolist(),
            rng.choice(_LINES, count).tolist(),
            rng.integers(len(_COUNTRIES), size=count).tolist(),
            strict=True,
        )
        return [
            self._change(drawn) if change and self._open else self._place(drawn)
            for change, drawn in zip(changes, itertools.starmap(_Drawn, draws), strict=True)
        ]

    def _place(self, drawn: _Drawn) -> Made:
        unknown = drawn.share < _UNKNOWN_PRODUCT_SHARE
        lines = list(itertools.islice(self._lines, drawn.lines))
        if unknown:
            lines[0] = {**lines[0], "product_id": UNKNOWN_PRODUCT_ID}
        order = _Order(
            {
                "order_id": drawn.order_id.decode("ascii"),
                "status": "placed",
                "order_time": drawn.time_ms,
                "customer_id": f"c-{drawn.customer}",
                "lines": lines,
                "currency": CURRENCY,
                "country": _COUNTRIES[drawn.country],
            },
            unknown,
        )
        return self._made(order)

    def _change(self, drawn: _Drawn) -> Made:
        """The next status of the order that has waited longest."""
        order = self._open.popleft()
        share, usual, other = _NEXT[str(order.record["status"])]
        status = usual if drawn.share < share else other
        return self._made(
            _Order({**order.record, "status": status, "order_time": drawn.time_ms}, order.has_unknown_product)
        )

    def _made(self, order: _Order) -> Made:
        if order.record["status"] in _NEXT:
            self._open.append(order)
        return Made(order.record, "unknown_reference" if order.has_unknown_product else None)

    def _draw_lines(self) -> Iterator[Record]:
        rng, catalogue = self._rng, self._catalogue
        while True:
            chosen = (rng.zipf(1.2, _LINES_DRAWN) % len(catalogue)).tolist()
            shares = rng.integers(len(_PAID_SHARE), size=_LINES_DRAWN).tolist()
            quantities = rng.choice(QUANTITIES, _LINES_DRAWN).tolist()
            for place, share, quantity in zip(chosen, shares, quantities, strict=True):
                product_id, list_price = catalogue[place]
                price = (list_price * _PAID_SHARE[share]).quantize(_CENT)
                yield {"product_id": product_id, "quantity": quantity, "unit_price": price}
