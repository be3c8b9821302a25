"""What was sent before, to be sent again."""

from collections import deque
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from producers.sending.batch import Batch

_RECENT_RECORDS = 4000
_KEPT_PER_BATCH = 100
_OLD_SHARE = 0.1
_OLDEST_MS = 600_000


class _Sent(NamedTuple):
    time_ms: int
    key: bytes | None
    value: bytes | None


class Past:
    """Good records sent before, to be sent again: mostly of the last batches, some from up to ten minutes back."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._recent: deque[_Sent] = deque(maxlen=_RECENT_RECORDS)
        self._old: deque[_Sent] = deque()

    def __bool__(self) -> bool:
        return bool(self._recent)

    def remember(self, batch: Batch, indices: NDArray[np.intp], now_ms: int) -> None:
        """Keeps some of the records at ``indices``, one a second for long."""
        for sent in (self._recent, self._old):
            while sent and sent[0].time_ms < now_ms - _OLDEST_MS:
                sent.popleft()
        kept = indices if len(indices) <= _KEPT_PER_BATCH else self._rng.choice(indices, _KEPT_PER_BATCH)
        self._recent.extend(_Sent(now_ms, batch.keys[i], batch.values[i]) for i in kept.tolist())
        if len(kept) and (not self._old or now_ms - self._old[-1].time_ms >= 1000):
            self._old.append(self._recent[-1])

    def pick(self) -> tuple[bytes | None, bytes | None]:
        """A record that was sent before (at the very start: in this batch)."""
        sent = self._old if self._rng.random() < _OLD_SHARE else self._recent
        _, key, value = sent[int(self._rng.integers(len(sent)))]
        return key, value
