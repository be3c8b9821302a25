"""What else can be done to a click: damage to single fields at their known places, and what breaks each rule."""

from collections.abc import Mapping
from decimal import Decimal

import numpy as np

from producers.datasets.clicks.layout import USER_AT
from producers.generated.poison import Kind, Poison, Record, kinds_for
from tidegate.avro.codec import Encoder
from tidegate.contracts.dataset import Dataset

_UNION_BRANCH_63 = b"\x7e"

BREAKS: Mapping[str, Record] = {
    "event_id_is_uuid": {"event_id": "no-uuid"},
    "known_event_type": {"event_type": "hover"},
    "quantity_is_positive": {"quantity": 0},
    "price_is_not_negative": {"unit_price": Decimal("-1.00")},
    "purchase_is_complete": {"event_type": "purchase", "product_id": None},
}
"""What breaks a reject rule of the contract; a rule that is not here is not broken on purpose."""


def poison(dataset: Dataset, encoder: Encoder) -> Poison:
    """All kinds of damage to a click."""
    return Poison([*kinds_for(dataset, encoder, BREAKS), Kind("union_branch", "BAD_UNION_BRANCH", _union_branch)])


def _union_branch(good: bytes, rng: np.random.Generator) -> bytes:
    return good[:USER_AT] + _UNION_BRANCH_63 + good[USER_AT + 1 :]
