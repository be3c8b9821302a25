"""Measures one dataset's latencies: the output watch and the search probe, each beside the main thread."""

from contextlib import ExitStack
from types import TracebackType

from tidegate.clients.opensearch import SearchClient
from tidegate.contracts.dataset import Stream
from tidegate.measure.output_watch import OutputWatch
from tidegate.measure.repeating import Repeating
from tidegate.measure.search_probe import POLL_S, SearchProbe
from tidegate.search.mapping import alias
from tidegate.settings import Settings


class Meter:
    """Used with ``with``; ``seen`` and ``probe`` count from its making on."""

    def __init__(self, settings: Settings, dataset: Stream) -> None:
        self.probe = SearchProbe(SearchClient(settings), alias(dataset.contract))
        self._watch = OutputWatch(settings, dataset, self.probe.offer)
        self.seen = self._watch.seen
        self._threads = [Repeating(self._watch.poll, 0), Repeating(self.probe.poll, POLL_S)]
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

    def check(self) -> None:
        """Raises what ended the measuring, if anything did."""
        for thread in self._threads:
            thread.check()
