"""The pipeline under watch: output watch and search probe run beside, readings of rates and lags are taken."""

import time
from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType

from tidegate.contracts.dataset import Stream
from tidegate.demo.options import JOBS
from tidegate.demo.view import Moment, View
from tidegate.measure.lag import LagReader
from tidegate.measure.meter import Meter
from tidegate.measure.percentiles import percentiles
from tidegate.settings import Settings


class Watched:
    """Used with ``with``; everything is counted from its making on."""

    def __init__(self, settings: Settings, dataset: Stream, view: View) -> None:
        self._meter = Meter(settings, dataset)
        self.seen, self.found = self._meter.seen, self._meter.found
        self._lag = LagReader(settings, dataset.contract, JOBS)
        self._view = view
        self._open = ExitStack()
        self._began_s = time.monotonic()
        self._last = (self._began_s, 0, 0)
        self.raw_before = self.raw_ends = self._lag.raw_before
        self._markers: dict[int, int] = {}

    def __enter__(self) -> "Watched":
        self._open.enter_context(self._view)
        self._open.enter_context(self._meter)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    @property
    def not_found(self) -> int:
        """Sampled events that no search has found yet."""
        return self._meter.not_found

    @property
    def produced(self) -> int:
        """Records that came into the raw topic, as of the last reading."""
        return sum(self.raw_ends.values()) - sum(self.raw_before.values())

    def leave_out_markers(self, ends: Mapping[int, int]) -> None:
        """What lies behind the last records, which end there, are commit markers: offsets that no job ever passes."""
        written = self._lag.raw_ends()
        self._markers = {number: written[number] - end for number, end in ends.items()}

    def read(self, phase: str) -> Moment:
        """Takes a reading and shows it.

        Raises:
            TransientError: Kafka does not answer.
        """
        self._meter.check()
        ends = self._lag.raw_ends()
        self.raw_ends = {number: end - self._markers.get(number, 0) for number, end in ends.items()}
        silver, now_s = self.seen.silver, time.monotonic()
        last_s, last_produced, last_silver = self._last
        self._last = (now_s, self.produced, silver)
        moment = Moment(
            phase=phase,
            elapsed_s=now_s - self._began_s,
            produced=self.produced,
            silver=silver,
            dropped=self.seen.dropped,
            in_per_s=(self.produced - last_produced) / (now_s - last_s),
            out_per_s=(silver - last_silver) / (now_s - last_s),
            committed=percentiles(list(self.seen.committed_ms)),
            searchable=percentiles(list(self.found.latencies_ms)),
            lags=self._lag.lags(self.raw_ends, dict(self.seen.silver_next)),
            dead_letters=dict(self.seen.dead_letters.copy().most_common()),
        )
        self._view.show(moment)
        return moment
