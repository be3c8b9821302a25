"""Which raw offsets a proof is about: from ``--from`` and ``--to``, each a time or offsets by partition. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tidegate.errors import TidegateError
from tidegate.proof.rows import Rows

OffsetsAt = Callable[[int], dict[int, int]]
"""The first offset of each partition that arrived at a time (ms since 1970) or later; left out if there is none."""


@dataclass(frozen=True, slots=True)
class Window:
    """The offsets of a raw partition that a proof is about: [start, end); ``high`` is the partition's own end."""

    partition: int
    start: int
    end: int
    high: int

    def of(self, rows: Rows) -> Rows:
        """The rows inside the window, and those from offsets that the partition does not have yet."""
        offset = rows.offset
        inside = (offset >= self.start) & ((offset < self.end) | (offset >= self.high))
        return rows.where((rows.partition == self.partition) & inside)


def raw_windows(
    spans: Mapping[int, tuple[int, int]], start: str | None, end: str | None, offsets_at: OffsetsAt
) -> list[Window]:
    """One window per partition of the raw topic, fixed now: what arrives later is not part of it.

    Args:
        spans: the first and the end offset of each partition.
        start: ISO time (of arrival in Kafka) or ``0:100,1:250`` (partition:offset); None: what retention left.
        end: the same, exclusive; None: all there is now.
        offsets_at: asked for a bound that is a time.

    Raises:
        TidegateError: a bound that is neither a time nor offsets.
    """
    lows = _bound(start, {number: low for number, (low, _) in spans.items()}, offsets_at)
    highs = _bound(end, {number: high for number, (_, high) in spans.items()}, offsets_at)
    after_last = {number: high for number, (_, high) in spans.items()}
    return [
        Window(number, max(low, lows.get(number, after_last[number])), min(high, highs.get(number, high)), high)
        for number, (low, high) in spans.items()
    ]


def parse_offsets(text: str) -> dict[int, int]:
    """Offsets by partition from ``0:100,1:250``.

    Raises:
        ValueError: not in this form.
    """
    pairs = [part.split(":") for part in text.split(",")]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(text)
    return {int(partition): int(offset) for partition, offset in pairs}


def _bound(text: str | None, default: dict[int, int], offsets_at: OffsetsAt) -> dict[int, int]:
    if text is None:
        return default
    try:
        return default | parse_offsets(text)
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise TidegateError(
            f"{text!r} is neither a time nor offsets.",
            remedy="Give 2026-11-21T10:00:00+00:00, or partition:offset pairs such as 0:100,1:250.",
        ) from error
    if at.tzinfo is None:
        raise TidegateError(f"{text!r} has no time zone.", remedy="Add one, such as +00:00 or Z.")
    return offsets_at(int(at.timestamp() * 1000))
