"""An outage of Kafka while a run goes on: said once when it lasts, and again when it is over."""

import time
from collections.abc import Callable

from producers.sending.publish import Progress
from tidegate import log

_AFTER_S = 10.0


class OutageWatch:
    """Looks at each progress of a run."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._settled = 0
        self._since_s = clock()
        self._is_told = False

    def __call__(self, progress: Progress) -> None:
        """Tells of an outage once nothing was acknowledged for ten seconds, though records wait for that."""
        settled, now_s = progress.delivered + progress.failed, self._clock()
        silent_s, waiting = now_s - self._since_s, progress.sent - settled
        if settled != self._settled or not waiting:
            if self._is_told:
                log.tell(f"Kafka acknowledges again, after {silent_s:.0f} s", "kafka_back", seconds=round(silent_s, 1))
            self._settled, self._since_s, self._is_told = settled, now_s, False
        elif silent_s >= _AFTER_S and not self._is_told:
            self._is_told = True
            log.tell(
                f"Kafka has acknowledged nothing for {silent_s:.0f} s; {waiting:,} records wait for it",
                "kafka_silent",
                "warning",
                waiting=waiting,
            )
