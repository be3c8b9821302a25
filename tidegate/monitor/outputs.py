"""Dead letters by cause, dropped records by rule: counted where they lie, in batches, none of them decoded.

The counts are of whole causes, schema ids too: so they say which causes were there before, also after a restart.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tidegate.avro.leading_fields import Buffer, Layout, layouts, read_by_schema, texts
from tidegate.avro.records import WriterSchemas
from tidegate.clients.kafka_offsets import OffsetReader, Offsets, Place, Spans
from tidegate.clients.kafka_records import Batch, Scan, read_batches
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.model import Contract
from tidegate.dead_letters.codes import CODES, Code, Stage
from tidegate.errors import TransientError
from tidegate.metric_names import DEAD_LETTERS, DROPPED, Metric
from tidegate.monitor.causes import UNREADABLE, Cause, letter_schemas, letters_of
from tidegate.monitor.new_causes import NewCauses
from tidegate.monitor.reading import Reader, Sample
from tidegate.monitor.tally import Reason, Tally, keep, kept
from tidegate.settings import Settings

RULE = ("rule",)
BUDGET_S = 10.0
"""A reading counts for this long and is shown then; a first one of weeks goes on in the next ones."""
CHUNK_OFFSETS = 200_000
KEEP_EVERY_S = 3600.0
"""Kafka forgets what a group has committed after a week without a commit (``offsets.retention.minutes``)."""


@dataclass(frozen=True, slots=True)
class CountedTopic:
    """A topic whose records are counted by reasons; the metric's labels are as many of a reason's values as it has.

    ``expected`` values are told even while there are 0 records of them: Prometheus sees an increase only from a 0 on.
    """

    dataset: str
    topic: str
    size: int
    metric: Metric
    expected: tuple[Reason, ...] = ()

    @property
    def holds_letters(self) -> bool:
        """Whether they are dead letters."""
        return self.metric is DEAD_LETTERS


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
        self._rules = layouts(look_up, RULE)
        self._letters = letter_schemas(look_up)
        self._new = NewCauses()
        self._watched: set[str] = set()
        self._tallies: dict[Place, Tally] = {}
        self._kept_s = float("-inf")

    def read(self) -> Iterator[Sample]:
        """Reads what the topics gained, keeps the counts, and gives them: those of a topic once they are right.

        A topic that is not there is not told, and one that is in trouble hides no other.

        Raises:
            TransientError: a topic was not counted to its end; the next reading goes on.
        """
        places = self._offsets.places(topic.topic for topic in self._topics)
        starts, ends = self._offsets.starts(places), self._offsets.ends(places)
        self._recall(places)
        until_s = time.monotonic() + BUDGET_S
        errors: list[Exception] = []
        for topic in self._topics:
            try:
                self._catch_up(topic, starts, ends, until_s)
            except Exception as error:  # noqa: BLE001 - raised below, when the other topics were told
                errors.append(error)
            else:
                self._watched.add(topic.topic)
                yield from told(topic, [tally for place, tally in self._tallies.items() if place[0] == topic.topic])
                yield from self._new.samples(topic.dataset) if topic.holds_letters else ()
        if time.monotonic() - self._kept_s > KEEP_EVERY_S:
            self._keep()
        if errors:
            raise errors[0]

    def _recall(self, places: Iterable[Place]) -> None:
        """Tallies of exactly these partitions: topics come, grow and go while the monitor runs."""
        unknown = [place for place in places if place not in self._tallies]
        sizes = {topic.topic: topic.size for topic in self._topics}
        found = {place: fitting(tally, sizes[place[0]]) for place, tally in kept(self._settings, unknown).items()}
        known = {**self._tallies, **{place: Tally() for place in unknown}, **found}
        self._tallies = {place: known[place] for place in places}
        self._watched |= {place[0] for place, tally in found.items() if tally.is_kept}

    def _catch_up(self, topic: CountedTopic, starts: Offsets, ends: Offsets, until_s: float) -> None:
        """Counts chunk by chunk, so that neither a stop of the monitor nor a deadline begins a long count anew."""
        while spans := unread(topic.topic, self._tallies, starts, ends):
            if time.monotonic() > until_s:
                left = sum(end - start for start, end in spans.values())
                raise TransientError(
                    f"{topic.topic} is still being counted, {left:,} offsets are left.",
                    remedy="It is shown once it is whole; what was counted is kept.",
                )
            self._count(topic, {number: (at, min(end, at + CHUNK_OFFSETS)) for number, (at, end) in spans.items()})
            self._keep()

    def _keep(self) -> None:
        keep(self._settings, self._tallies)
        self._kept_s = time.monotonic()

    def _count(self, topic: CountedTopic, spans: Spans) -> None:
        """Adds the counts of all spans at once, so that a reading that fails halfway is made again whole."""
        found: dict[int, Counter[Reason]] = {number: Counter() for number in spans}
        firsts: dict[Cause, str] = {}
        for batch in read_batches(Scan(self._settings, topic.topic, spans)):
            for number, reason in zip(batch.partition.tolist(), self._reasons(topic, batch, firsts), strict=True):
                found[number][reason] += 1
        if topic.topic in self._watched:
            mine = [tally.counts for place, tally in self._tallies.items() if place[0] == topic.topic]
            self._new.see(topic.dataset, firsts, set[Reason]().union(*mine))
        for number, (_, end) in spans.items():
            before = self._tallies[topic.topic, number]
            self._tallies[topic.topic, number] = Tally(end, before.counts + found[number])

    def _reasons(self, topic: CountedTopic, batch: Batch, firsts: dict[Cause, str]) -> Sequence[Reason]:
        """Of each record; ``firsts`` gets the first letter of each cause that it lacks."""
        if not topic.holds_letters:
            return reasons_of(batch, topic.size, self._rules)
        letters = letters_of(batch, self._letters)
        firsts |= letters.firsts() | firsts
        return letters.causes


def fitting(tally: Tally, size: int) -> Tally:
    """The tally, or an empty one where it was counted by other values: an earlier version's, or no longer readable."""
    return tally if all(len(reason) == size for reason in tally.counts) else Tally()


def told(topic: CountedTopic, tallies: Sequence[Tally]) -> Iterator[Sample]:
    """The counts of a topic's partitions together; of one without partitions, that is not there, nothing."""
    if tallies:
        labels = len(topic.metric.labels) - 1
        total = Counter[Reason]()
        for tally in tallies:
            for reason, count in tally.counts.items():
                total[tuple(reason[:labels])] += count
        for reason, count in sorted({**dict.fromkeys(topic.expected, 0), **total}.items()):
            yield Sample(topic.metric, (topic.dataset, *reason), count)


def counted_topics(contract: Contract) -> list[CountedTopic]:
    """What is counted of a dataset."""
    dataset = contract.dataset
    return [
        CountedTopic(dataset, contract.dead_letter_topic, len(Cause._fields), DEAD_LETTERS, expected(contract)),
        CountedTopic(dataset, contract.dropped_topic, len(RULE), DROPPED),
    ]


def expected(contract: Contract) -> tuple[Reason, ...]:
    """Stage, code and rule of the letters that the dataset may have; the rule is empty but of the stage of rules."""
    rules = tuple((Stage.RULE, Code.RULE_VIOLATED, rule.name) for rule in contract.rules_of("reject"))
    return rules + tuple((stage, code, "") for stage, codes in CODES.items() if stage != Stage.RULE for code in codes)


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
