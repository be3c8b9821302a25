"""Dead letters by stage and code, dropped records by rule: counted where they lie, in batches, none of them decoded."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tidegate.avro.leading_fields import Buffer, Layout, layouts, read_by_schema, texts
from tidegate.avro.records import WriterSchemas
from tidegate.clients.kafka_offsets import OffsetReader, Offsets, Place, Spans
from tidegate.clients.kafka_records import Batch, Scan, read_batches
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.model import Contract
from tidegate.dead_letters.codes import CODES
from tidegate.dead_letters.record import REASON
from tidegate.metric_names import DEAD_LETTERS, DROPPED, Metric
from tidegate.monitor.reading import Reader, Sample
from tidegate.monitor.tally import Reason, Tally, keep, kept
from tidegate.settings import Settings

UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class CountedTopic:
    """A topic whose records are counted by the values of some leading fields.

    ``expected`` values are told even while there are 0 records of them: Prometheus sees an increase only from a 0 on.
    """

    dataset: str
    topic: str
    fields: tuple[str, ...]
    metric: Metric
    expected: tuple[Reason, ...] = ()


class OutputReader(Reader):
    """Counts the dead letters and dropped records of all datasets, going on from the counts that were kept."""

    name = "outputs"

    def __init__(
        self, settings: Settings, offsets: OffsetReader, contracts: Sequence[Contract], every_s: float
    ) -> None:
        self.every_s = every_s
        self._settings = settings
        self._offsets = offsets
        self._topics = [topic for contract in contracts for topic in counted_topics(contract)]
        look_up = RegistryClient(settings).by_id
        self._layouts = {topic.fields: layouts(look_up, topic.fields) for topic in self._topics}
        self._tallies: dict[Place, Tally] | None = None

    def read(self) -> Iterator[Sample]:
        """Reads what the topics gained, keeps the counts, and gives them: none before all of them are right."""
        places = self._offsets.places(topic.topic for topic in self._topics)
        starts, ends = self._offsets.starts(places), self._offsets.ends(places)
        tallies = self._tallies = kept(self._settings, places) if self._tallies is None else self._tallies
        grown = False
        for topic in self._topics:
            if spans := unread(topic.topic, tallies, starts, ends):
                self._count(topic, spans, tallies)
                grown = True
        if grown:
            keep(self._settings, tallies)
        for topic in self._topics:
            total = sum((tally.counts for (name, _), tally in tallies.items() if name == topic.topic), Counter())
            for reason, count in sorted({**dict.fromkeys(topic.expected, 0), **total}.items()):
                yield Sample(topic.metric, (topic.dataset, *reason), count)

    def _count(self, topic: CountedTopic, spans: Spans, tallies: dict[Place, Tally]) -> None:
        """Adds the counts of all spans at once, so that a reading that fails halfway is made again whole."""
        found: dict[int, Counter[Reason]] = {number: Counter() for number in spans}
        for batch in read_batches(Scan(self._settings, topic.topic, spans)):
            reasons = reasons_of(batch, len(topic.fields), self._layouts[topic.fields])
            for number, reason in zip(batch.partition.tolist(), reasons, strict=True):
                found[number][reason] += 1
        for number, (_, end) in spans.items():
            before = tallies.get((topic.topic, number), Tally())
            tallies[topic.topic, number] = Tally(end, before.counts + found[number])


def counted_topics(contract: Contract) -> list[CountedTopic]:
    """What is counted of a dataset."""
    codes = tuple((stage, code) for stage, codes in CODES.items() for code in codes)
    return [
        CountedTopic(contract.dataset, contract.dead_letter_topic, REASON, DEAD_LETTERS, codes),
        CountedTopic(contract.dataset, contract.dropped_topic, ("rule",), DROPPED),
    ]


def unread(topic: str, tallies: dict[Place, Tally], starts: Offsets, ends: Offsets) -> Spans:
    """What of the topic is still to be counted; one that ends before its tally was made again, and so is the tally."""
    spans = {}
    for place, end in ends.items():
        if place[0] == topic:
            if tallies.get(place, Tally()).reached > end:
                tallies[place] = Tally()
            start = max(tallies.get(place, Tally()).reached, starts[place])
            if start < end:
                spans[place[1]] = (start, end)
    return spans


def reasons_of(batch: Batch, fields: int, found: WriterSchemas[Layout]) -> list[Reason]:
    """The values of the fields of each record; ``unreadable`` for one that no Tidegate job wrote."""
    reasons: list[Reason] = [(UNREADABLE,) * fields] * len(batch.values)
    for some in read_by_schema(Buffer.of(batch.values), found):
        if some.fields is None:
            continue
        columns = [texts(some.buffer, [column], b"".join) for column in some.fields.columns]
        readables = some.fields.readable.tolist()
        for place, readable, *values in zip(some.places.tolist(), readables, *columns, strict=True):
            if readable:
                reasons[place] = tuple(value.decode(errors="replace") for value in values)
    return reasons
