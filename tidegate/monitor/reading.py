"""What a reading is: samples of metrics from the closed list, and the one shape all readers have."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Protocol

from tidegate.metric_names import Metric

Server = str
"""``kafka``, ``registry``, ``opensearch``, ``lake``, ``flink``; of several JobManagers each with its address."""
DEADLINE_S = 20.0
"""Longer than any client waits for one answer, so that its own words come first."""


@dataclass(slots=True)
class Distribution:
    """A histogram: how many values were at most each bound; ``counts`` has one more place for those above all."""

    bounds: tuple[float, ...]
    counts: list[int] = field(default_factory=list)
    total: float = 0.0

    def __post_init__(self) -> None:
        self.counts = self.counts or [0] * (len(self.bounds) + 1)

    def observe(self, value: float) -> None:
        """Counts one value; a negative one, which only differing clocks make, counts as 0."""
        value = max(0.0, value)
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def cumulative(self) -> list[tuple[str, float]]:
        """Bounds with the number of values up to each, as Prometheus wants them."""
        names = [*map(str, self.bounds), "+Inf"]
        return list(zip(names, map(float, accumulate(self.counts)), strict=True))


@dataclass(frozen=True, slots=True)
class Since:
    """A value that is the time since a moment (seconds since 1970), as of each scrape."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a metric; ``labels`` in the order of the metric's label names."""

    metric: Metric
    labels: Sequence[str]
    value: float | Since | Distribution


class Reader(Protocol):
    """Reads one concern. A reading that fails raises; the next one must work again by itself.

    What it gave before it raised is shown: one dataset in trouble hides no other.
    """

    name: str
    server: Server | None = None
    """The server whose absence a failed reading means; None if it may be another's, or no server's at all."""
    every_s: float
    deadline_s: float = DEADLINE_S
    """How long a reading may take: then it has failed, and its server counts as down until it answers."""
    keeps_last: bool = False
    """Whether the last samples stay when a reading fails, since one of them says how old they are."""

    def read(self) -> Iterable[Sample]:
        """The samples as of now."""
