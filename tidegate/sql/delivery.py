"""What Kafka's readers may rely on."""

from dataclasses import dataclass
from typing import Literal

Guarantee = Literal["exactly-once", "at-least-once"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a sink writes to Kafka.

    ``exactly-once`` is by transactions: readers see a row at the next checkpoint. ``at-least-once``: at once, and after
    a failure again. A transaction that is open for longer than its timeout is lost with its rows.
    """

    transaction_timeout_s: int
    guarantee: Guarantee = "exactly-once"
