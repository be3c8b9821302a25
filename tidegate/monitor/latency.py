"""How long after its arrival an event is committed to silver, and how long until a search finds it.

The ends of the silver topics, as readers of committed records see them, are asked for a few times a second. When an
end has moved, a transaction was committed just now; of what it brought, one record per partition, picked at random,
is read: its committed latency is that moment minus ``_ingested_at``, the broker's own time stamp of the raw record.
Then its document is looked for by searches until one finds it. The time between two questions adds to both.
"""

import random
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tidegate import metric_names
from tidegate.avro.records import decode_record, parsed_schemas
from tidegate.clients.kafka_offsets import OffsetReader, Offsets, Place
from tidegate.clients.kafka_single_records import SingleRecords
from tidegate.clients.opensearch import SearchClient
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.dataset import Stream
from tidegate.errors import TidegateError
from tidegate.measure.sampled_row import SampledRow, sampled_row
from tidegate.measure.search_probe import SearchProbe
from tidegate.monitor.reading import Distribution, Reader, Sample
from tidegate.search.mapping import alias
from tidegate.settings import Settings

BOUNDS_S = (0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0)
SAMPLE_EVERY_S = 1.0
GIVE_UP_S = 600.0
MAX_PENDING = 500
LOOKED_BEFORE_S = 2.0
"""What was committed since an older look than this (an outage lies between) was not committed just now."""
PLACES_EVERY_S = 30.0
"""Topics come, go and get partitions while the monitor runs."""


@dataclass(slots=True)
class Latencies:
    """What was measured of one dataset; ``probe`` looks for documents of the rows that were sampled."""

    dataset: Stream
    probe: SearchProbe
    committed: Distribution = field(default_factory=lambda: Distribution(BOUNDS_S))
    searchable: Distribution = field(default_factory=lambda: Distribution(BOUNDS_S))

    def take(self, row: SampledRow, committed_s: float) -> None:
        """Measures a row that was committed then, and looks for its document from now on, if it gets one."""
        self.committed.observe(committed_s - row.arrived_s)
        if self.dataset.contract.index is not None:
            self.probe.offer(*row)

    def search(self) -> None:
        """Looks once for all documents that were not found yet."""
        for latency_s in self.probe.poll():
            self.searchable.observe(latency_s)

    def samples(self) -> Iterator[Sample]:
        """The distributions as of now."""
        labels = (self.dataset.name,)
        yield Sample(metric_names.COMMITTED_LATENCY, labels, self.committed)
        yield Sample(metric_names.SEARCHABLE_LATENCY, labels, self.searchable)
        yield Sample(metric_names.SEARCHABLE_LOST, labels, self.probe.lost)


class CommittedReader(Reader):
    """Follows the ends of the silver topics and reads samples of what was committed."""

    name = "committed latency"
    every_s = 0.2

    def __init__(
        self, settings: Settings, offsets: OffsetReader, records: SingleRecords, latencies: Sequence[Latencies]
    ) -> None:
        self._offsets = offsets
        self._records = records
        self._by_topic = {each.dataset.contract.silver_topic: each for each in latencies}
        self._schemas = parsed_schemas(RegistryClient(settings).by_id)
        self._places: list[Place] = []
        self._places_s = float("-inf")
        self._ends: Offsets = {}
        self._looked_s = float("-inf")
        self._sampled_s = float("-inf")

    def read(self) -> Iterator[Sample]:
        """Measures what was committed since the last reading; the samples are given by :class:`SearchableReader`."""
        ends = self._look()
        now_s, before, self._ends = time.time(), self._ends, ends
        is_fresh = time.monotonic() - self._looked_s <= LOOKED_BEFORE_S
        self._looked_s = time.monotonic()
        moved = picks(before, ends) if is_fresh else {}
        if moved and time.monotonic() - self._sampled_s >= SAMPLE_EVERY_S:
            self._sampled_s = time.monotonic()
            for place, message in self._records.at(moved).items():
                if message.offset() < ends[place]:
                    self._measure(self._by_topic[place[0]], message.value() or b"", now_s)
        return iter(())

    def _look(self) -> Offsets:
        if time.monotonic() - self._places_s > PLACES_EVERY_S:
            self._places, self._places_s = self._offsets.places(self._by_topic), time.monotonic()
        try:
            return self._offsets.ends(self._places)
        except TidegateError:
            self._places_s = float("-inf")  # one of them may be gone
            raise

    def _measure(self, latencies: Latencies, value: bytes, now_s: float) -> None:
        row = decode_record(value, self._schemas)
        if row is None:
            return
        try:
            sampled = sampled_row(row, latencies.dataset.contract)
        except (KeyError, AttributeError, TypeError):
            return  # a record of somebody else's: nothing to measure by
        latencies.take(sampled, now_s)


class SearchableReader(Reader):
    """Searches for the sampled documents, all of a dataset at once."""

    name = "searchable latency"
    every_s = 0.5

    def __init__(self, latencies: Sequence[Latencies], *, searches: bool = True) -> None:
        self._latencies = latencies
        self._searches = searches

    def read(self) -> Iterator[Sample]:
        """Both latencies as of now; OpenSearch being away only makes documents searchable later."""
        for latencies in self._latencies if self._searches else ():
            latencies.search()
        return (sample for latencies in self._latencies for sample in latencies.samples())


def latencies_of(settings: Settings, datasets: Iterable[Stream], known: Iterable[Latencies] = ()) -> list[Latencies]:
    """One for each dataset, nothing measured yet but of a dataset that is as it was in ``known``."""
    client = SearchClient(settings, timeout_s=5)
    before = {each.dataset.name: each for each in known}

    def latencies(dataset: Stream) -> Latencies:
        measured = before.get(dataset.name)
        if measured is not None and measured.dataset == dataset:
            return measured
        probe = SearchProbe(client, alias(dataset.contract), max_pending=MAX_PENDING, give_up_s=GIVE_UP_S)
        return Latencies(dataset, probe)

    return [latencies(dataset) for dataset in datasets]


def picks(before: Offsets, now: Offsets) -> Offsets:
    """One offset at random of what each partition gained; none of one that was not known before."""
    return {
        place: random.randrange(before[place], end)
        for place, end in now.items()
        if place in before and before[place] < end
    }
