"""The range of a replay as its user types it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from tidegate.errors import TidegateError
from tidegate.replay.targets import LAKE

_RANGES = re.compile(r"\d{1,9}:\d{1,18}-\d{1,18}(,\d{1,9}:\d{1,18}-\d{1,18})*", re.ASCII)
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2255, 1, 1, tzinfo=UTC)
"""Kafka knows no time before the first, and the versions of documents none long after the last."""
_HOW = "Give partition:first-end, the end exclusive, such as 0:100-200,1:0-50."


@dataclass(frozen=True, slots=True)
class Asked:
    """One of three: when records arrived, their offsets, or when their events were; and what is written again.

    ``source``: where they are read; None: raw where it has all of them, else bronze. ``rate``: raw records a second, at
    most.
    """

    arrived_from: str | None = None
    arrived_to: str | None = None
    offsets: str | None = None
    event_from: str | None = None
    event_to: str | None = None
    targets: tuple[str, ...] = (LAKE,)
    source: str | None = None
    rate: float | None = None

    @property
    def text(self) -> str:
        """The range as it was typed."""
        named = {
            "--arrived-from": self.arrived_from,
            "--arrived-to": self.arrived_to,
            "--offsets": self.offsets,
            "--event-from": self.event_from,
            "--event-to": self.event_to,
        }
        return " ".join(f"{name} {value}" for name, value in named.items() if value is not None)

    def refuse_mixed(self) -> None:
        """Raises: TidegateError: not exactly one kind of range is given."""
        kinds = [self.arrived_from or self.arrived_to, self.offsets, self.event_from or self.event_to]
        if len([kind for kind in kinds if kind is not None]) != 1:
            raise TidegateError(
                "a replay needs one range.",
                remedy="Give --arrived-from and --arrived-to, --offsets, or --event-from and --event-to.",
            )


def parse_ranges(text: str, kept: Mapping[int, tuple[int, int]], where: str = "raw") -> dict[int, tuple[int, int]]:
    """[start, end) of every partition of raw from ``0:100-200,1:0-50``; nothing of a partition that is not named.

    ``kept``: what is there of each partition, and ``where``.

    Raises:
        TidegateError: not in this form, or it is not there.
    """
    if not _RANGES.fullmatch(text):
        raise TidegateError(f"{text!r} is no range of offsets.", remedy=_HOW)
    found = {number: (low, low) for number, (low, _) in kept.items()}
    named: set[int] = set()
    for part in text.split(","):
        number, _, span = part.partition(":")
        start, end = map(int, span.split("-"))
        _refuse_what_is_not_there(int(number), (start, end), kept, named)
        _refuse_what_is_gone(int(number), start, kept[int(number)][0], where)
        found[int(number)] = (start, end)
        named.add(int(number))
    return found


def parse_time(text: str) -> datetime:
    """An ISO time with its zone, of the years 1970 to 2254.

    Raises:
        TidegateError: it is none, or a farther one.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise TidegateError(f"{text!r} is no time.", remedy="Give one such as 2026-11-21T10:00:00+00:00.") from error
    if at.tzinfo is None:
        raise TidegateError(f"{text!r} has no time zone.", remedy="Add one, such as +00:00 or Z.")
    if not _FIRST <= at <= _LAST:
        raise TidegateError(
            f"{text!r} is too far away for a replay.",
            remedy=f"Give a time from {_FIRST:%Y-%m-%dT%H:%M:%SZ} to {_LAST:%Y-%m-%dT%H:%M:%SZ}.",
        )
    return at


def _refuse_what_is_not_there(
    number: int, span: tuple[int, int], kept: Mapping[int, tuple[int, int]], named: set[int]
) -> None:
    start, end = span
    if number not in kept or number in named:
        what = "twice" if number in named else f"and the topic has {len(kept)}, from 0"
        raise TidegateError(f"partition {number} is named {what}.", remedy=_HOW)
    high = kept[number][1]
    if start >= end:
        raise TidegateError(f"the range of partition {number} has no offset.", remedy=_HOW)
    if end > high:
        raise TidegateError(f"partition {number} ends at {high:,}.", remedy=f"End the range at {high:,}.")


def _refuse_what_is_gone(number: int, start: int, low: int, where: str) -> None:
    if start < low:
        raise TidegateError(
            f"offsets {start:,} to {low - 1:,} of partition {number} are missing in {where}: "
            "retention has removed what was before.",
            remedy=f"Begin at {low:,}.",
        )
