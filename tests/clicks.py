"""A click for tests, good in every field."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any


def click(**changes: Any) -> dict[str, Any]:
    """A valid purchase with a new id, as fastavro takes it; ``changes`` replace fields."""
    return {
        "event_id": str(uuid.uuid4()),
        "event_time": datetime.now(UTC),
        "user_id": "u1",
        "session_id": "s1",
        "event_type": "purchase",
        "page_url": "/checkout",
        "referrer": None,
        "product_id": "P00001",
        "quantity": 2,
        "unit_price": Decimal("9.99"),
        "currency": "EUR",
        "country": "de",
        "ip": "192.0.2.7",
        "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile/15E148",
        **changes,
    }
