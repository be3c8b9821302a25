"""Which rows a replay writes again: those of raw records in a range of offsets, and maybe of a time. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.avro.leading_fields import Mask
from tidegate.contracts.envelope import SOURCE_OFFSET, SOURCE_PARTITION
from tidegate.proof.rows import Rows, in_spans
from tidegate.sql.scope import of_spans

Spans = Mapping[int, tuple[int, int]]
"""[start, end) by raw partition; every partition of the topic is named, if without an offset."""


@dataclass(frozen=True, slots=True)
class EventTimes:
    """A column of silver, and the times [start, end) of it in microseconds since 1970; None: no bound."""

    column: str
    start_us: int | None = None
    end_us: int | None = None

    def of(self, times_us: NDArray[np.int64]) -> Mask:
        """Marks the times within."""
        marked = np.ones(len(times_us), np.bool_)
        if self.start_us is not None:
            marked &= times_us >= self.start_us
        if self.end_us is not None:
            marked &= times_us < self.end_us
        return marked


@dataclass(frozen=True, slots=True)
class RowRange:
    """The rows with these source coordinates, and where ``times`` are given, of these event times alone."""

    spans: Spans
    times: EventTimes | None = None

    @property
    def condition(self) -> str:
        """As Iceberg's row filter. Never all rows: a range without an offset has a condition that holds for none."""
        among = " or ".join(of_spans(self.spans))
        if not among:
            return f"{SOURCE_PARTITION} < 0"
        bounds = [*_bounds(self.times)] if self.times else []
        return " and ".join([f"({among})", *bounds]) if bounds else among

    @property
    def sql_condition(self) -> str:
        """The same in Flink's SQL."""
        return f"{_among(self.spans)}{''.join(f' AND {bound}' for bound in _sql_bounds(self.times))}"

    @property
    def documents(self) -> dict[str, Any]:
        """OpenSearch's query for the documents of these rows; times are in whole milliseconds, as documents are."""
        of_spans = [
            {
                "bool": {
                    "filter": [
                        {"term": {SOURCE_PARTITION: number}},
                        {"range": {SOURCE_OFFSET: {"gte": start, "lt": end}}},
                    ]
                }
            }
            for number, (start, end) in self.spans.items()
            if start < end
        ]
        filters: list[dict[str, Any]] = [{"bool": {"should": of_spans, "minimum_should_match": 1}}]
        if self.times is not None:
            filters.append({"range": {self.times.column: _bounds_ms(self.times)}})
        return {"bool": {"filter": filters}}

    def of(self, rows: Rows, times_us: NDArray[np.int64] | None = None) -> Mask:
        """Marks the rows of the range; ``times_us`` are their event times, needed where the range has some."""
        marked = in_spans(rows, self.spans)
        if self.times is not None:
            assert times_us is not None
            marked &= self.times.of(times_us)
        return marked


def _among(spans: Spans) -> str:
    return f"({' OR '.join(of_spans(spans)) or 'FALSE'})"


def _sql_bounds(times: EventTimes | None) -> Iterator[str]:
    for sign, at_us in ((">=", times.start_us), ("<", times.end_us)) if times else ():
        if times is not None and at_us is not None:
            moment = _iso(at_us).replace("T", " ").removesuffix("+00:00")
            yield f"`{times.column}` {sign} CAST(TIMESTAMP '{moment}' AS TIMESTAMP_LTZ(6))"


def _bounds_ms(times: EventTimes) -> dict[str, Any]:
    bounds = {"gte": times.start_us, "lt": times.end_us}
    return {name: -(-at_us // 1000) for name, at_us in bounds.items() if at_us is not None} | {"format": "epoch_millis"}


def _bounds(times: EventTimes) -> list[str]:
    found = []
    if times.start_us is not None:
        found.append(f"{times.column} >= '{_iso(times.start_us)}'")
    if times.end_us is not None:
        found.append(f"{times.column} < '{_iso(times.end_us)}'")
    return found


def _iso(at_us: int) -> str:
    whole = datetime.fromtimestamp(at_us // 1_000_000, UTC).replace(microsecond=at_us % 1_000_000)
    return whole.isoformat(timespec="microseconds")
