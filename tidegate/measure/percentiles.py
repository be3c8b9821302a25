"""Percentiles of measured latencies; pure."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Latency in milliseconds; None where nothing was measured."""

    p50: float | None
    p99: float | None
    samples: int

    def as_json(self) -> dict[str, float | int | None]:
        """For the report."""
        return {"p50": self.p50, "p99": self.p99, "samples": self.samples}

    def text(self) -> str:
        """For people, in seconds."""
        if self.p50 is None or self.p99 is None:
            return "–"
        return f"p50 {self.p50 / 1000:.1f} s, p99 {self.p99 / 1000:.1f} s"


def percentiles(latencies_ms: Iterable[float]) -> Percentiles:
    """The median and the 99th percentile."""
    values = np.fromiter(latencies_ms, dtype=float)
    if not len(values):
        return Percentiles(None, None, 0)
    p50, p99 = np.percentile(values, [50, 99])
    return Percentiles(round(float(p50), 1), round(float(p99), 1), len(values))
