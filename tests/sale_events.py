"""Sales that come in three forms, each with what becomes of it: as JSON, as a row of Parquet and as a line of CSV."""

import csv
import io
import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import accumulate
from typing import Any

import pyarrow as pa

from tests.sales import DAY

DECIMAL = pa.decimal128(12, 3)
COLUMNS = {
    "id": pa.string(),
    "shop": pa.string(),
    "amount": DECIMAL,
    "sold_at": pa.timestamp("us", "UTC"),
    "note": pa.string(),
}


@dataclass(frozen=True)
class Event:
    """As all three have it: ``note`` is of no field of the contract."""

    id: str
    shop: str | None = "x"
    amount: str = "1.000"
    sold_at: str | None = f"{DAY}T10:00:00Z"
    note: str | None = None

    @property
    def json(self) -> bytes:
        texts = {name: json.dumps(getattr(self, name), ensure_ascii=False) for name in COLUMNS} | {
            "amount": self.amount
        }
        return ("{" + ", ".join(f'"{name}": {text}' for name, text in texts.items()) + "}").encode()

    @property
    def csv(self) -> str:
        """A cell that is empty stands for no value."""
        written = io.StringIO()
        csv.writer(written, lineterminator="\n").writerow(vars(self).values())
        return written.getvalue()

    @property
    def row(self) -> dict[str, Any]:
        at = None if self.sold_at is None else datetime.fromisoformat(self.sold_at)
        return {**vars(self), "amount": Decimal(self.amount), "sold_at": at}


EVENTS = (
    Event("a"),
    Event("b", amount="-1.000"),
    Event("c", shop="test"),
    Event("d", amount="3.005"),
    Event("a", amount="2.000"),
    Event("e", sold_at=None),
    Event("f", amount="4.500", sold_at="2026-11-27T23:59:59Z", note="é\n"),
    Event("g", amount="1000000.000", note="large"),
    Event("h", sold_at="1999-12-31T23:59:59Z"),
    Event("i", shop=None, note="to whom?"),
    Event("j", sold_at=f"{DAY}T10:00:00.000001Z"),
    Event("k", sold_at=f"{DAY}T10:00:00.123Z"),
)
SILVER, DROPPED, REPEATED, REJECTED = {0, 6, 7, 11}, {2}, {4}, {1, 3, 5, 8, 9, 10}
"""By the numbers of the events, which are offsets of the topic and rows of the file of Parquet."""
HEADER = f"{','.join(COLUMNS)}\n"
BYTES = [*accumulate((len(event.csv.encode()) for event in EVENTS[:-1]), initial=len(HEADER))]
"""Where the events are in the file of CSV."""
