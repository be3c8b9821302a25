"""Orders of the sample shop: placed, most of them paid, some shipped or cancelled; each change is an event."""

from collections import deque
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from producers.catalogue import CURRENCY, QUANTITIES, UNKNOWN_PRODUCT_ID, products
from producers.generator import Generator, Traffic
from producers.ids import uuid7_texts
from producers.poison import Record
from producers.records import Made, Records

_CUSTOMERS = 50_000
_UNKNOWN_PRODUCT_SHARE = 0.002
_CHANGE_SHARE = 0.55
_MAX_OPEN = 20_000
_NEXT: Mapping[str, tuple[tuple[str, float], ...]] = {
    "placed": (("paid", 0.93), ("cancelled", 0.07)),
    "paid": (("shipped", 0.97), ("cancelled", 0.03)),
}
_COUNTRIES = ("DE", "FR", "NL", "AT", "GB", "US", "PL", None)
_LINES = (1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 7)
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


def generator(traffic: Traffic, rng: np.random.Generator) -> Generator:
    """The generator of the dataset ``orders``."""
    return Records(traffic, rng, Orders(rng), BREAKS)


class Orders:
    """Makes new orders and changes of those made before."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._catalogue = [(product.product_id, product.list_price) for product in products()]
        self._open: deque[_Order] = deque(maxlen=_MAX_OPEN)

    def __call__(self, times_ms: NDArray[np.int64]) -> list[Made]:
        """One order or change per time."""
        count = len(times_ms)
        ids = uuid7_texts(times_ms, self._rng)
        changes = (self._rng.random(count) < _CHANGE_SHARE).tolist()
        return [
            self._change(time_ms) if change and self._open else self._place(time_ms, order_id)
            for time_ms, order_id, change in zip(times_ms.tolist(), map(bytes, ids), changes, strict=True)
        ]

    def _place(self, time_ms: int, order_id: bytes) -> Made:
        rng = self._rng
        unknown = bool(rng.random() < _UNKNOWN_PRODUCT_SHARE)
        lines = [self._line() for _ in range(_LINES[rng.integers(len(_LINES))])]
        if unknown:
            lines[0] = lines[0] | {"product_id": UNKNOWN_PRODUCT_ID}
        order = _Order(
            {
                "order_id": order_id.decode("ascii"),
                "status": "placed",
                "order_time": time_ms,
                "customer_id": f"c-{rng.zipf(1.3) % _CUSTOMERS}",
                "lines": lines,
                "currency": CURRENCY,
                "country": _COUNTRIES[rng.integers(len(_COUNTRIES))],
            },
            unknown,
        )
        return self._made(order)

    def _change(self, time_ms: int) -> Made:
        """The next status of the order that has waited longest."""
        order = self._open.popleft()
        choices, shares = zip(*_NEXT[str(order.record["status"])], strict=True)
        status = choices[int(self._rng.choice(len(choices), p=shares))]
        return self._made(_Order({**order.record, "status": status, "order_time": time_ms}, order.has_unknown_product))

    def _made(self, order: _Order) -> Made:
        if order.record["status"] in _NEXT:
            self._open.append(order)
        return Made(order.record, "unknown_reference" if order.has_unknown_product else None)

    def _line(self) -> dict[str, object]:
        rng = self._rng
        product_id, list_price = self._catalogue[int(rng.zipf(1.2)) % len(self._catalogue)]
        price = (list_price * _PAID_SHARE[rng.integers(len(_PAID_SHARE))]).quantize(_CENT)
        quantity = QUANTITIES[rng.integers(len(QUANTITIES))]
        return {"product_id": product_id, "quantity": quantity, "unit_price": price}
