"""Which raw offsets a proof is about: from ``--from`` and ``--to``, each a time or offsets by partition. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from tidegate.avro.leading_fields import Mask
from tidegate.errors import TidegateError
from tidegate.proof.rows import Offsets, Rows

OffsetsAt = Callable[[int], dict[int, int]]
"""The first offset of each partition that arrived at a time (ms since 1970) or later; left out if there is none."""
Spans = Mapping[int, tuple[int, int]]
_OFFSETS = re.compile(r"\d{1,9}:\d{1,18}(,\d{1,9}:\d{1,18})*", re.ASCII)
_TIME_OF_DAY = re.compile(r"[0-2]\d:[0-5]\d", re.ASCII)
_HOW = "Give 2026-11-21T10:00:00+00:00, or partition:offset pairs such as 0:100,1:250."


@dataclass(frozen=True, slots=True)
class Window:
    """The offsets of a raw partition that a proof is about: [start, end); ``high`` is the partition's own end."""

    partition: int
    start: int
    end: int
    high: int

    def of(self, rows: Rows) -> Rows:
        """The rows inside the window, and those from offsets that the partition does not have yet."""
        return rows.where(self.marks(rows))

    def marks(self, rows: Rows) -> Mask:
        """Which rows are inside the window, or from offsets that the partition does not have yet."""
        offset = rows.offset
        mine: Mask = rows.partition == self.partition
        mine &= (offset >= self.start) & ((offset < self.end) | (offset >= self.high))
        return mine


@dataclass(frozen=True, slots=True)
class Picked(Window):
    """Some offsets of a raw partition, sorted, and no others: those of copies that lie outside of the windows."""

    offsets: Offsets = field(default_factory=lambda: np.zeros(0, np.int64), compare=False)

    @classmethod
    def of_offsets(cls, partition: int, offsets: Offsets) -> "Picked":
        """These offsets of a partition, of which there is at least one."""
        end = int(offsets[-1]) + 1
        return cls(partition, int(offsets[0]), end, end, offsets)

    def marks(self, rows: Rows) -> Mask:
        """Which rows are from the offsets."""
        mine: Mask = rows.partition == self.partition
        mine &= np.isin(rows.offset, self.offsets)
        return mine


@dataclass(frozen=True, slots=True)
class _Bound:
    """One end of the windows: offsets by partition, of which the user ``named`` some; or a time."""

    offsets: Mapping[int, int]
    named: frozenset[int] = frozenset()
    at: datetime | None = None


def spans_of(windows: Iterable[Window]) -> dict[int, tuple[int, int]]:
    """[start, end) by partition."""
    return {window.partition: (window.start, window.end) for window in windows}


def raw_windows(spans: Spans, start: str | None, end: str | None, offsets_at: OffsetsAt, now: datetime) -> list[Window]:
    """One window per partition of the raw topic, fixed now: what arrives later is not part of it.

    Args:
        spans: the first and the end offset of each partition.
        start: ISO time (of arrival in Kafka) or ``0:100,1:250`` (partition:offset); None: what retention left.
        end: the same, exclusive; None: all there is now.
        offsets_at: asked for a bound that is a time.
        now: a window can't begin later.

    Raises:
        TidegateError: a bound that is neither a time nor offsets of this topic; a start that is after the end, or that
            nothing has reached yet.
    """
    highs = {number: high for number, (_, high) in spans.items()}
    first = _bound(start, {number: low for number, (low, _) in spans.items()}, highs, offsets_at)
    last = _bound(end, highs, highs, offsets_at)
    _refuse_what_is_ahead(first, highs, now)
    _refuse_backwards(first, last)
    return [
        Window(number, max(low, first.offsets[number]), min(high, last.offsets[number]), high)
        for number, (low, high) in spans.items()
    ]


def start_ms(start: str | None) -> int | None:
    """When a window begins (ms since 1970), if its start is a time."""
    if start is None or _OFFSETS.fullmatch(start):
        return None
    return _ms(_time(start))


def parse_offsets(text: str) -> dict[int, int]:
    """Offsets by partition from ``0:100,1:250``.

    Raises:
        ValueError: not in this form, or a partition twice.
    """
    if not _OFFSETS.fullmatch(text):
        raise ValueError(text)
    pairs = [part.split(":") for part in text.split(",")]
    offsets = {int(partition): int(offset) for partition, offset in pairs}
    if len(offsets) < len(pairs):
        raise ValueError(text)
    return offsets


def _bound(text: str | None, default: dict[int, int], highs: Mapping[int, int], offsets_at: OffsetsAt) -> _Bound:
    if text is None:
        return _Bound(default)
    _refuse_time_of_day(text)
    try:
        offsets = parse_offsets(text)
    except ValueError:
        at = _time(text)
        return _Bound({**highs, **offsets_at(_ms(at))}, at=at)
    if strange := offsets.keys() - default.keys():
        raise TidegateError(
            f"{text!r} names partition {min(strange)}, and the topic has {len(default)}, from 0.", remedy=_HOW
        )
    return _Bound(default | offsets, frozenset(offsets))


def _refuse_time_of_day(text: str) -> None:
    """``10:30`` is half past ten for whoever writes it; no offset 30 of partition 10."""
    if _TIME_OF_DAY.fullmatch(text):
        hour, minute = text.split(":")
        raise TidegateError(
            f"{text!r} has no date.",
            remedy=f"Give it one, as in 2026-11-21T{text}:00+00:00. Offset {int(minute)} of partition {int(hour)} is "
            f"written {int(hour)}:0{minute}.",
        )


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise TidegateError(f"{text!r} is neither a time nor offsets.", remedy=_HOW) from error
    if at.tzinfo is None:
        raise TidegateError(f"{text!r} has no time zone.", remedy="Add one, such as +00:00 or Z.")
    return at


def _ms(at: datetime) -> int:
    """Never negative: that would be another question to Kafka, such as the newest offset."""
    return max(0, int(at.timestamp() * 1000))


def _refuse_what_is_ahead(first: _Bound, highs: Mapping[int, int], now: datetime) -> None:
    if first.at is not None and first.at > now:
        clock = f"{now.astimezone(UTC):%Y-%m-%dT%H:%M}Z"
        raise TidegateError(
            f"the window begins at {first.at.isoformat()}, and it is only {clock}.",
            remedy="Give a --from that has passed.",
        )
    for number in sorted(first.named):
        if first.offsets[number] > highs[number]:
            raise TidegateError(
                f"the window begins at offset {first.offsets[number]:,} of partition {number}, which ends at "
                f"{highs[number]:,}.",
                remedy="Give a --from that the topic has reached.",
            )


def _refuse_backwards(first: _Bound, last: _Bound) -> None:
    remedy = "Give a --from that is before --to."
    if first.at is not None and last.at is not None and first.at >= last.at:
        raise TidegateError("the window's start is not before its end.", remedy=remedy)
    for number in sorted(first.named | last.named) if first.named or first.at else ():
        if first.offsets[number] > last.offsets[number]:
            raise TidegateError(f"in partition {number} the window's start is after its end.", remedy=remedy)
