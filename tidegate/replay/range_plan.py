"""The plan of a replay of a range: a frozen value, known again by its hash. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from tidegate.errors import TidegateError
from tidegate.job_names import REPLAY, flink_name
from tidegate.replay.row_range import EventTimes, RowRange
from tidegate.sql.replay_lake import Aside

SILVER_TARGET = "silver"
"""Of what is missing: the topics of refine."""
RAW, BRONZE = "raw", "bronze"
"""Where a replay reads: the raw topic, or the bytes that the lake's bronze table has kept of it."""
SOURCES = (RAW, BRONZE)


@dataclass(frozen=True, slots=True)
class Overwritten:
    """What of the table lies in the range now: its rows, the files that they are in, and the files' bytes.

    ``documents``: of the index; None where that is not written.
    """

    rows: int
    files: int
    bytes: int
    documents: int | None = None


@dataclass(frozen=True, slots=True)
class NextSilver:
    """The topics of a version of silver's that are filled: how many partitions each has, and what they are filled from.

    ``records`` of the topics of the version before, by their offsets; ``bytes`` of them by a sample.
    """

    version: int
    partitions: int
    records: int
    bytes: int


@dataclass(frozen=True, slots=True)
class RangePlan:
    """What is read, and what is written again.

    ``target``: see ``targets.py``, with commas between them; or ``SILVER_TARGET``.
    ``asked``: the range as it was typed. ``rows``: [start, end) per raw partition, maybe of a time. ``events``: raw
    records in it, ``expected_bytes`` of them by a sample, ``expected_s`` at the rate of the last replay (None: none has
    run yet). ``snapshot_id``: of the silver table when it was planned; None: it was empty. ``created_at``: ms since
    1970. ``notes``: what its user is to know. ``offsets``: only these of the range, of what was missing. ``source``:
    where it reads. ``rate``: raw records a second, at most; None: as many as it can. ``silver``: if that is
    a target.
    """

    plan_id: str
    dataset: str
    target: str
    created_at: int
    actor: str
    asked: str
    rows: RowRange
    events: int
    expected_bytes: int
    expected_s: float | None
    snapshot_id: int | None
    overwritten: Overwritten
    notes: tuple[str, ...] = field(default_factory=tuple)
    offsets: Mapping[int, tuple[int, ...]] | None = None
    source: str = RAW
    rate: float | None = None
    silver: NextSilver | None = None

    @property
    def hash(self) -> str:
        """SHA-256 over the plan's JSON, without a blank and with sorted names."""
        return hashlib.sha256(json.dumps(self._content(), sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    @property
    def targets(self) -> tuple[str, ...]:
        """What is written again, in this order."""
        return tuple(self.target.split(","))

    @property
    def aside(self) -> Aside:
        """Where its job writes."""
        return Aside.of(self.dataset, self.plan_id)

    @property
    def job_name(self) -> str:
        """What its job is called in Flink."""
        return flink_name(REPLAY, self.plan_id)

    @property
    def times_ms(self) -> tuple[int, int]:
        """Event times [start, end) in ms since 1970, of a plan that has both."""
        times = self.rows.times
        assert times is not None
        assert times.start_us is not None
        assert times.end_us is not None
        return times.start_us // 1000, times.end_us // 1000

    @property
    def silver_version(self) -> int:
        """The version of silver's topics that it fills, of a plan that does."""
        assert self.silver is not None
        return self.silver.version

    @property
    def before_tag(self) -> str:
        """What the lake's table is called as it was before, of a plan that keeps that beside silver's old topics."""
        return f"before-{self.plan_id}"

    @property
    def table(self) -> str:
        """The lake's table that it writes to, or the topic."""
        return f"silver.{self.dataset}"

    def to_json(self) -> str:
        """With its hash."""
        return json.dumps({**self._content(), "hash": self.hash}, indent=2)

    @classmethod
    def from_json(cls, text: str) -> "RangePlan":
        """What ``to_json`` wrote.

        Raises:
            TidegateError: it is none, or was changed since.
        """
        try:
            found = json.loads(text)
            told = found.pop("hash")
            spans = {int(number): (int(start), int(end)) for number, (start, end) in found.pop("spans").items()}
            times, offsets, silver = found.pop("times"), found.pop("offsets"), found.pop("silver", None)
            plan = cls(
                rows=RowRange(spans, EventTimes(**times) if times else None),
                overwritten=Overwritten(**found.pop("overwritten")),
                notes=tuple(found.pop("notes")),
                offsets=offsets and {int(number): tuple(among) for number, among in offsets.items()},
                silver=silver and NextSilver(**silver),
                **found,
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise TidegateError("the file is no plan of a replay.", remedy=_ANEW) from error
        if plan.hash != told:
            raise TidegateError(f"the plan {plan.plan_id} was changed after it was made.", remedy=_ANEW)
        return plan

    def _content(self) -> dict[str, Any]:
        found = asdict(self)
        for name, usual in {"source": RAW, "rate": None, "silver": None}.items():
            if found[name] == usual:  # so that plans from before there were others keep their hash
                del found[name]
        rows = found.pop("rows")
        if self.overwritten.documents is None:  # as plans were before the index could be written
            del found["overwritten"]["documents"]
        spans = {str(number): list(span) for number, span in rows["spans"].items()}
        offsets = None
        if self.offsets is not None:
            offsets = {str(number): list(among) for number, among in self.offsets.items()}
        return {**found, "spans": spans, "times": rows["times"], "notes": list(self.notes), "offsets": offsets}


_ANEW = "Make one with `tidegate replay plan`."


def new_plan_id(now: datetime, chance: str) -> str:
    """By the time, so that plans are listed in their order; ``chance``: some hexadecimal digits."""
    return f"{now.astimezone(UTC):%Y%m%dt%H%M%S}-{chance}"
