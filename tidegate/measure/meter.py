"""Measures one dataset's latencies: the output watch and the search probe, each beside the main thread.

Of the committed events that the output watch samples, every ``TAKE_EVERY``-th is looked for by searches; asking every
``POLL_S`` adds up to that to its latency.
"""

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType

from tidegate.clients.opensearch import SearchClient
from tidegate.contracts.dataset import Stream
from tidegate.measure.output_watch import OutputWatch
from tidegate.measure.repeating import Repeating
from tidegate.measure.sampled_row import SampledRow
from tidegate.measure.search_probe import SearchProbe
from tidegate.search.mapping import alias
from tidegate.settings import Settings

TAKE_EVERY = 5
POLL_S = 0.2


@dataclass(slots=True)
class Found:
    """What searches found so far; ``first_at_s`` is when they found the first event (seconds since 1970)."""

    latencies_ms: list[float] = field(default_factory=list)
    first_at_s: float | None = None


class Meter:
    """Used with ``with``; ``seen``, what was committed, and ``found`` count from its making on."""

    def __init__(self, settings: Settings, dataset: Stream) -> None:
        self.found = Found()
        self._probe = SearchProbe(SearchClient(settings), alias(dataset.contract))
        self._watch = OutputWatch(settings, dataset, self._offer)
        self.seen = self._watch.seen
        self._sampled = 0
        self._threads = [Repeating(self._watch.poll, 0), Repeating(self._search, POLL_S)]
        self._open = ExitStack()

    def __enter__(self) -> "Meter":
        self._open.callback(self._watch.close)
        for thread in self._threads:
            self._open.enter_context(thread)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    @property
    def not_found(self) -> int:
        """Events that no search has found yet."""
        return self._probe.pending

    def check(self) -> None:
        """Raises what ended the measuring, if anything did."""
        for thread in self._threads:
            thread.check()

    def _offer(self, row: SampledRow) -> None:
        self._sampled += 1
        if self._sampled % TAKE_EVERY == 1:
            self._probe.offer(*row)

    def _search(self) -> None:
        found_s = self._probe.poll()
        if found_s and self.found.first_at_s is None:
            self.found.first_at_s = time.time()
        self.found.latencies_ms.extend(seconds * 1000 for seconds in found_s)
