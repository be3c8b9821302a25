"""Which raw offsets may hold events of a time: by when they arrived, and by what silver in the lake knows of them."""

from collections.abc import Mapping

import numpy as np

from tidegate.clients.lake_rows import open_table, scan_rows
from tidegate.contracts.dataset import Stream
from tidegate.proof.rows import Rows
from tidegate.proof.window import OffsetsAt
from tidegate.replay.lake_rows import columns_of, read
from tidegate.replay.row_range import EventTimes, RowRange
from tidegate.settings import Settings

AHEAD_MS = 600_000
"""An event may be so far ahead of its arrival, by a producer's clock."""
Kept = Mapping[int, tuple[int, int]]


def offsets_of_events(
    settings: Settings, stream: Stream, times: EventTimes, kept: Kept, at: OffsetsAt
) -> dict[int, tuple[int, int]]:
    """[start, end) by partition: what arrived from 10 minutes before the time to 10 minutes after it, and on both sides
    as far as the lake has rows of such events.

    A late event that was rejected before, and arrived later than all of these, is not in it.

    Raises:
        TransientError: Kafka or the lake does not answer.
    """
    whole = RowRange(kept, times)
    table = open_table(settings, f"silver.{stream.name}")
    rows = read(scan_rows(settings, table, columns_of(stream), whole.condition), stream).rows
    first = _at(at, times.start_us, -AHEAD_MS)
    last = _at(at, times.end_us, AHEAD_MS)
    return {number: _span(number, span, rows, (first, last)) for number, span in kept.items()}


def _at(at: OffsetsAt, at_us: int | None, more_ms: int) -> Mapping[int, int] | None:
    return None if at_us is None else at(max(0, at_us // 1000 + more_ms))


def _span(
    number: int, kept: tuple[int, int], rows: Rows, arrived: tuple[Mapping[int, int] | None, Mapping[int, int] | None]
) -> tuple[int, int]:
    """Where no offset arrived after a bound, the partition's own end; without a bound its own start or end, too."""
    low, high = kept
    first, last = arrived
    start = low if first is None else first.get(number, high)
    end = high if last is None else last.get(number, high)
    offsets = rows.offset[rows.partition == number]
    offsets = offsets[(offsets >= low) & (offsets < high)]
    if len(offsets):
        start, end = min(start, int(np.min(offsets))), max(end, int(np.max(offsets)) + 1)
    return start, max(start, end)
