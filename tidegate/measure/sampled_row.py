"""What a silver row says that was picked to measure by: whose document it is, and when its event arrived. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tidegate.contracts import envelope
from tidegate.contracts.model import Contract


class SampledRow(NamedTuple):
    """``arrived_s`` is the broker's own time stamp of the raw record, in seconds since 1970."""

    document_id: str
    arrived_s: float


def sampled_row(row: Mapping[str, Any], contract: Contract) -> SampledRow:
    """Of a decoded row."""
    return SampledRow(envelope.document_id(row, contract.row_identity), row[envelope.INGESTED_AT].timestamp())
