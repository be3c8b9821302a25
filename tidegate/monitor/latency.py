"""How long after its arrival an event is committed to silver, and how long until a search finds it.

The ends of the silver topics, as readers of committed records see them, are asked for a few times a second. When an
end has moved, a transaction was committed just now; of what it brought, one record per partition, picked at random,
is read: its committed latency is that moment minus ``_ingested_at``, the broker's own time stamp of the raw record.
Then its document is looked for by searches until one finds it. The time between two questions adds to both.
"""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tidegate import metric_names
from tidegate.avro.records import decode_record, parsed_schemas
from tidegate.clients.kafka_offsets import OffsetReader, Offsets, Place
from tidegate.clients.kafka_single_records import SingleRecords
from tidegate.clients.opensearch import SearchClient
from tidegate.clients.registry import RegistryClient
from tidegate.contracts import envelope
from tidegate.contracts.dataset import Stream
from tidegate.errors import TidegateError
from tidegate.monitor.reading import Distribution, Sample, Server
from tidegate.search.mapping import alias
from tidegate.settings import Settings

BOUNDS_S = (0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0)
SAMPLE_EVERY_S = 1.0
GIVE_UP_S = 600.0
MAX_PENDING = 500


@dataclass(slots=True)
class Latencies:
    """What was measured of one dataset; ``pending`` are documents not found yet, with the time of arrival."""

    dataset: Stream
    committed: Distribution = field(default_factory=lambda: Distribution(BOUNDS_S))
    searchable: Distribution = field(default_factory=lambda: Distribution(BOUNDS_S))
    pending: dict[str, float] = field(default_factory=dict)
    lost: int = 0

    def offer(self, row: dict[str, object], arrived_s: float) -> None:
        """Looks for the row's document from now on, as long as not too many are looked for."""
        contract = self.dataset.contract
        if contract.index is not None and len(self.pending) < MAX_PENDING:
            self.pending[envelope.document_id(row, contract.row_identity)] = arrived_s

    def found(self, ids: Sequence[str], now_s: float) -> None:
        """Counts the documents that a search found, and gives up those that none finds."""
        for document_id in ids:
            self.searchable.observe(now_s - self.pending.pop(document_id))
        known = list(self.pending.items())  # offers come from another thread
        late = [document_id for document_id, arrived_s in known if now_s - arrived_s > GIVE_UP_S]
        for document_id in late:
            del self.pending[document_id]
        self.lost += len(late)

    def samples(self) -> Iterator[Sample]:
        """The distributions as of now."""
        labels = (self.dataset.name,)
        yield Sample(metric_names.COMMITTED_LATENCY, labels, self.committed)
        yield Sample(metric_names.SEARCHABLE_LATENCY, labels, self.searchable)
        yield Sample(metric_names.SEARCHABLE_LOST, labels, self.lost)


class CommittedReader:
    """Follows the ends of the silver topics and reads samples of what was committed."""

    name = "committed latency"
    server: Server | None = None
    every_s = 0.2

    def __init__(
        self, settings: Settings, offsets: OffsetReader, records: SingleRecords, latencies: Sequence[Latencies]
    ) -> None:
        self._offsets = offsets
        self._records = records
        self._by_topic = {each.dataset.contract.silver_topic: each for each in latencies}
        self._schemas = parsed_schemas(RegistryClient(settings).by_id)
        self._places: list[Place] = []
        self._ends: Offsets = {}
        self._sampled_s = float("-inf")

    def read(self) -> Iterator[Sample]:
        """Measures what was committed since the last reading; the samples are given by :class:`SearchableReader`."""
        if not self._places:
            self._places = self._offsets.places(self._by_topic)
        ends = self._offsets.ends(self._places)
        now_s, before, self._ends = time.time(), self._ends, ends
        moved = picks(before, ends)
        if moved and time.monotonic() - self._sampled_s >= SAMPLE_EVERY_S:
            self._sampled_s = time.monotonic()
            for place, message in self._records.at(moved).items():
                if message.offset() < ends[place]:
                    self._measure(self._by_topic[place[0]], message.value() or b"", now_s)
        return iter(())

    def _measure(self, latencies: Latencies, value: bytes, now_s: float) -> None:
        row = decode_record(value, self._schemas)
        if row is None:
            return
        arrived_s = row[envelope.INGESTED_AT].timestamp()
        latencies.committed.observe(now_s - arrived_s)
        latencies.offer(row, arrived_s)


class SearchableReader:
    """Searches for the sampled documents, all of a dataset at once."""

    name = "searchable latency"
    server: Server | None = None
    every_s = 0.5

    def __init__(self, settings: Settings, latencies: Sequence[Latencies]) -> None:
        self._client = SearchClient(settings, timeout_s=5)
        self._latencies = latencies

    def read(self) -> Iterator[Sample]:
        """Both latencies as of now; OpenSearch being away only makes documents searchable later."""
        for latencies in self._latencies:
            if wanted := list(latencies.pending):
                try:
                    latencies.found(self._search(alias(latencies.dataset.contract), wanted), time.time())
                except TidegateError:
                    continue
        return (sample for latencies in self._latencies for sample in latencies.samples())

    def _search(self, index: str, wanted: list[str]) -> list[str]:
        body = {"query": {"ids": {"values": wanted}}, "size": len(wanted), "_source": False, "track_total_hits": False}
        hits = self._client.search(index, body).get("hits", {}).get("hits", [])
        return sorted({hit["_id"] for hit in hits} & set(wanted))


def picks(before: Offsets, now: Offsets) -> Offsets:
    """One offset at random of what each partition gained; none of one that was not known before."""
    return {
        place: random.randrange(before[place], end)
        for place, end in now.items()
        if place in before and before[place] < end
    }
