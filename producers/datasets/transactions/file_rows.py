"""Transactions: a day of the sample shop's payments, as its payment provider lists them."""

from datetime import date
from decimal import Decimal

import numpy as np

from producers.datasets.products.catalogue import QUANTITIES, products
from producers.files.block import Block, Ending, Endings, Stretch, csv_text
from producers.files.texts import DAY_MS, digit_texts, same, time_texts
from producers.sending.ids import uuid7_texts
from tidegate.contracts.dataset import Files

COLUMNS = (
    "transaction_id", "booked_at", "account", "kind", "status", "product_id", "quantity", "amount", "fee", "currency",
    "country", "card_last4", "reference",
)  # fmt: skip
_SEED = 20260201
_EPOCH = date(1970, 1, 1)
_ENDINGS, _ACCOUNTS = 20_000, 1_000_000
_KINDS = ("payment",) * 180 + ("refund",) * 12 + ("fee",) * 5 + ("chargeback",) * 2 + ("test",)
_COUNTRIES = ("DE",) * 60 + ("AT",) * 15 + ("CH",) * 12 + ("FR",) * 8 + ("",) * 4 + ("Germany",)
_PENDING_SHARE = 0.02
_FEE_RATE = Decimal("0.0149")
_REFERENCES = ("Order {}", "Order {}, thank you", 'Order {} "{}"', "Grüße zu {}; {}", "", "INV-{}/2026")


class Transactions:
    """Makes payments; ids are random."""

    columns = COLUMNS
    correction: tuple[str, object] = ("reference", "corrected by the provider")

    def __init__(self, dataset: Files) -> None:
        self._comma = dataset.file.csv.delimiter
        rng = np.random.default_rng(_SEED)
        self.endings = Endings([_ending(dataset, rng) for _ in range(_ENDINGS)])

    def block(self, stretch: Stretch, rng: np.random.Generator) -> Block:
        """The payments of a stretch, in no order."""
        rows, midnight_ms = stretch.rows, (stretch.day - _EPOCH).days * DAY_MS
        times_ms = rng.integers(DAY_MS, size=rows)
        comma = same(self._comma, rows)
        ids, times = uuid7_texts(midnight_ms + times_ms, rng), time_texts(stretch.day, times_ms)
        accounts = digit_texts(rng.integers(_ACCOUNTS, size=rows), 10)
        iban = same("DE8937040044", rows)
        return self.endings.block([ids, comma, times, comma, iban, accounts, comma], rng)


file_rows = Transactions


def _ending(dataset: Files, rng: np.random.Generator) -> Ending:
    product = products()[rng.integers(len(products()))]
    quantity = QUANTITIES[rng.integers(len(QUANTITIES))]
    kind, country = _KINDS[rng.integers(len(_KINDS))], _COUNTRIES[rng.integers(len(_COUNTRIES))]
    status = "pending" if rng.random() < _PENDING_SHARE else "booked"
    amount = product.list_price * quantity * (1 if kind in ("payment", "test") else -1)
    fee = f"{abs(amount) * _FEE_RATE:.4f}" if kind == "payment" else ""
    bought = (product.product_id, str(quantity)) if kind != "fee" else ("", "")
    card = f"{rng.integers(10_000):04}" if rng.random() < 0.7 else ""
    reference = _REFERENCES[rng.integers(len(_REFERENCES))].format(rng.integers(10**9), product.name)
    cells = [kind, status, *bought, f"{amount:f}", fee, "EUR", country, card, reference]
    dropped_by = "no_pending" if status == "pending" else "no_tests" if kind == "test" else ""
    return Ending(csv_text(cells, dataset.file), dropped_by, ("country_is_iso_code",) * (len(country) > 2))
