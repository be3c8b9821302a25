"""What is measured by of a silver row."""

from datetime import UTC, datetime

from tidegate.contracts.dataset import Stream
from tidegate.measure.sampled_row import SampledRow, sampled_row


def test_a_row_is_known_by_its_identity_and_the_arrival_of_its_record(orders: Stream) -> None:
    arrived = datetime(2026, 1, 1, 0, 0, 7, tzinfo=UTC)
    row = {"order_id": "o1", "status": "paid", "line_number": 2, "_ingested_at": arrived}

    assert sampled_row(row, orders.contract) == SampledRow("o1_paid_2", arrived.timestamp())
