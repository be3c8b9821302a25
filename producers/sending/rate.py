"""Schedules as arithmetic: when an event is due, whatever the producer or the broker manages.

A closed loop waits for the last event before it sends the next one, and so hides every stall. Here the due time of
event ``k`` depends on ``k`` alone; a late producer is *behind schedule* and says by how much.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BATCHES_PER_S = 10
_MAX_BATCH = 2000


@dataclass(frozen=True, slots=True)
class OpenLoop:
    """Event ``k`` is due at ``start_s + k / rate_per_s``; seconds since 1970."""

    rate_per_s: float
    start_s: float

    def due_s(self, index: int) -> float:
        """When event ``index`` (from 0) is due."""
        return self.start_s + index / self.rate_per_s

    def times_ms(self, first: int, count: int) -> NDArray[np.int64]:
        """The due times of ``count`` events from ``first`` on, milliseconds since 1970."""
        offsets_s = np.arange(first, first + count) / self.rate_per_s
        return np.asarray((self.start_s + offsets_s) * 1000, dtype=np.int64)

    def batch_size(self) -> int:
        """How many events to send at once: small enough for an even stream, large enough to be cheap."""
        return max(1, min(_MAX_BATCH, int(self.rate_per_s / _BATCHES_PER_S)))


@dataclass(frozen=True, slots=True)
class Recorded:
    """Events recorded from ``first_event_s`` on, replayed from ``start_s`` on, ``speed`` times as fast."""

    first_event_s: float
    start_s: float
    speed: float

    def due_s(self, event_s: float) -> float:
        """When the event recorded at ``event_s`` is due; one recorded out of order is due at once."""
        return self.start_s + max(0.0, event_s - self.first_event_s) / self.speed
