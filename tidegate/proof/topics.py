"""The evidence of a dataset's topics: read once, then extended as the outputs grow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from tidegate.clients.kafka_offsets import Spans, offsets_at, topic_spans
from tidegate.clients.kafka_records import Scan
from tidegate.contracts.dataset import Stream
from tidegate.contracts.naming import earlier_topics
from tidegate.dead_letters.codes import STAGES_BEFORE_SILVER, Stage
from tidegate.errors import TransientError
from tidegate.proof.earlier_letters import known_places, refused_rows
from tidegate.proof.layers import Expected
from tidegate.proof.ledger_reader import LedgerReader
from tidegate.proof.letter_reader import read_dead_letters
from tidegate.proof.letters import Letters, still_refused, together
from tidegate.proof.open_transactions import OpenEnd, open_ends, read_hidden
from tidegate.proof.raw_reader import RawReader, joined, within, without
from tidegate.proof.record_reader import Leading, read_dropped, read_silver, read_silver_at
from tidegate.proof.redrives import Redrives, compare_ledger, copies_outside
from tidegate.proof.repairs import settle
from tidegate.proof.replayed import Replayed, compare_replays
from tidegate.proof.replayed_reader import ReplayedReader
from tidegate.proof.report import LayerName, LayerVerdict
from tidegate.proof.rows import Offsets, Rows, among_places, concat, make_rows, offsets_by_partition
from tidegate.proof.strangers import Strangers
from tidegate.proof.verdict import Outputs, PartitionVerdict, judge
from tidegate.proof.window import Picked, Window, spans_of
from tidegate.proof.workers import Workers
from tidegate.settings import Settings

BEHIND_SILVER = frozenset({Stage.INDEX, Stage.LAKE, Stage.METRICS})
"""Stages at which jobs that read silver refuse its rows."""
STAGE_OF: Mapping[LayerName, str] = {"lake_silver": Stage.LAKE, "index": Stage.INDEX}
"""The stage at which the job behind a layer refuses rows; bronze takes any record."""


@dataclass(frozen=True, slots=True)
class Beginnings:
    """What retention has left: the first offsets of each output topic, by partition; and by raw partition the offset
    before which a record may repeat one whose silver rows are gone.
    """

    outputs: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    expired_before: Mapping[int, int] = field(default_factory=dict)


class TopicEvidence:
    """What raw, silver, dead letter and dropped topics hold, for the raw offsets of ``windows``.

    Outputs are read whole, whatever the window: they are not in the order of raw offsets, and a duplicate's first
    event may lie before the window. ``grown`` counts how often there was more.
    """

    def __init__(
        self, settings: Settings, dataset: Stream, windows: list[Window], workers: Workers, beginnings: Beginnings
    ) -> None:
        self.windows = windows
        self.letters = Letters()
        self.replayed = Replayed()
        self.replaced = 0
        self.open_ends: tuple[OpenEnd, ...] = ()
        self._settings = settings
        self._dataset = dataset
        self._contract = dataset.contract
        self._workers = workers
        self._expired_before = beginnings.expired_before
        self._read_to = {topic: dict(starts) for topic, starts in beginnings.outputs.items()}
        self._silver = self._dropped = Leading(make_rows(), make_rows(), 0)
        self._refused_places = self._refused_rows = self._hidden = make_rows()
        self._raw_reader = RawReader(settings, dataset, workers)
        self._replays: ReplayedReader | None = None
        self._ledger = LedgerReader(settings, dataset)
        self.unended = self._ledger.unended
        self._outside: dict[int, Offsets] = {}
        # The ledger first: what it names is in the topics by now.
        self._ledger.extend()
        self._read_outputs()
        spans = spans_of(windows)
        self.raw = self._raw_reader.read(spans, self._claimed())
        self._read_copies_outside()
        self._refresh_ends()
        self.grown = 1

    @property
    def doubtful(self) -> int:
        """Silver records that can't be read and may be a job's all the same."""
        return self._silver.doubtful

    @property
    def redriven_documents(self) -> frozenset[str]:
        """The letters whose documents were refused, and then taken."""
        return self._ledger.indexed

    def judge(self) -> list[PartitionVerdict]:
        """The verdict on what was read so far."""
        redrives = self._redrives()
        picked = [Picked.of_offsets(number, offsets) for number, offsets in self._outside.items()]
        outputs, asked = self._outputs(), redrives.asked()
        return settle(judge([*self.windows, *picked], self.raw, outputs, self._expired_before, asked), redrives)

    def judge_replays(self) -> LayerVerdict | None:
        """The records that replays have judged; None if there are none of the windows."""
        if not self.replayed.replays:
            return None
        letters = [self.letters.raw_records(STAGES_BEFORE_SILVER), self.letters.raw_rows(STAGES_BEFORE_SILVER)]
        return compare_replays(self.replayed, self.judge(), concat(letters))

    def judge_ledger(self, since_ms: int | None = None) -> LayerVerdict:
        """The ledger against the redriven records that were read, and against what the audit tells since a time."""
        by_copies, told = (
            compare_ledger(self._redrives(), self.windows, self._outside),
            self._ledger.judge_told(since_ms),
        )
        expected, actual = by_copies.expected + told.expected, by_copies.actual + told.actual
        return replace(by_copies, expected=expected, actual=actual, named=told.faults)

    def extend(self) -> bool:
        """Reads what the outputs and the ledger gained since; False if nothing.

        Raises:
            TransientError: retention has removed what was not read yet.
        """
        has_grown = [self._ledger.extend(), self._read_outputs(), self._read_replays()]
        if not any(has_grown):
            return False
        self._read_copies_outside()
        self._refresh_ends()
        self.grown += 1
        return True

    def follow(self, replays: ReplayedReader) -> None:
        """From now on what replays have judged has their verdicts; ``replaced`` counts how often these changed."""
        self._replays = replays
        self._read_replays()

    def _read_replays(self) -> bool:
        found = self._replays.read_new() if self._replays else None
        if found is None:
            return False
        self.replayed, self.replaced = found, self.replaced + 1
        return True

    def _redrives(self) -> Redrives:
        return Redrives.of(self._ledger.recorded, self.raw.marked, self.letters.has)

    def _read_outputs(self) -> bool:
        contract = self._contract
        silver, letters, dropped = (
            self._unread(topic) for topic in (contract.silver_topic, contract.dead_letter_topic, contract.dropped_topic)
        )
        if not (silver or letters or dropped):
            return False
        run, results = self._workers.submit, self._workers.results
        silver_rows = [run(read_silver, scan, contract.row_identity) for scan in silver]
        earlier = frozenset(earlier_topics("silver", contract.dataset, contract.silver_version))
        topics = contract.topic.name, contract.silver_topic, earlier
        letter_rows = [run(read_dead_letters, scan, *topics) for scan in letters]
        dropped_rows = [run(read_dropped, scan) for scan in dropped]
        self._silver = _joined(self._silver, results(silver_rows))
        self._dropped = _joined(self._dropped, results(dropped_rows))
        self.letters = together([self.letters, *results(letter_rows)]) if letters else self.letters
        self._read_refused()
        return True

    def look_behind_open_transactions(self) -> None:
        """Reads what was written to the outputs and is not committed, or comes after something that is not."""
        contract = self._contract
        self.open_ends = open_ends(self._settings, self._read_to)
        self._hidden = read_hidden(self._settings, contract, self.open_ends, STAGES_BEFORE_SILVER)
        self.grown += bool(self.open_ends)

    def expected(self, layer: LayerName) -> Expected:
        """What a layer must hold by what was read so far."""
        stage = STAGE_OF.get(layer)
        if stage is None:
            return Expected(self.raw.places())
        of_silver = among_places(self._refused_places, self.letters.silver_records({stage}))
        earlier = refused_rows(self._settings, self.letters.earlier, stage, self._contract.row_identity)
        rows = self._unsettled(self.letters.raw_rows({stage}), stage)
        records = self._unsettled(self.letters.raw_records({stage}), stage)
        refused = concat([self._refused_rows.where(of_silver), earlier, self.raw.numbered(rows)])
        return Expected(self.replayed.rows_over(self._silver.rows), refused, records)

    def _unsettled(self, refused: Rows, stage: str) -> Rows:
        """Without what the index was given since: that has to be there."""
        if not self.redriven_documents:
            return refused
        return still_refused(refused, self._contract.topic.name, stage, self.redriven_documents)

    def strangers(self, since_ms: int | None) -> Strangers:
        """Records of the outputs that can't be read, of those written since; but no dead letters of silver."""
        contract, silver = self._contract, self._silver.unreadable
        unknown = silver.where(~among_places(silver, self.letters.silver_records(BEHIND_SILVER)))
        scan = self._scan(contract.silver_topic, {})
        unknown = unknown.where(~known_places(scan, self.letters.earlier, BEHIND_SILVER, unknown))
        found = {
            contract.silver_topic: unknown,
            contract.dead_letter_topic: self.letters.strange,
            contract.dropped_topic: self._dropped.unreadable,
        }
        places = [place for topic, rows in found.items() for place in self._places(topic, rows, since_ms)]
        return Strangers.at(places)

    def _places(self, topic: str, rows: Rows, since_ms: int | None) -> list[str]:
        if not len(rows):
            return []
        first = {} if since_ms is None else offsets_at(self._settings, topic, since_ms)
        places = zip(rows.partition.tolist(), rows.offset.tolist(), strict=True)
        return [
            f"{topic}:{partition}:{offset}"
            for partition, offset in sorted(places)
            if since_ms is None or offset >= first.get(partition, offset + 1)
        ]

    def _outputs(self) -> Outputs:
        after_dedup = {Stage.TRANSFORM, Stage.ENRICH} if self._contract.explode else {Stage.TRANSFORM}
        written = Outputs(
            silver=self._silver.rows,
            dead_letter=self.letters.raw_records(STAGES_BEFORE_SILVER),
            dropped=self._dropped.rows,
            refused=self.letters.raw_rows(STAGES_BEFORE_SILVER),
            after_dedup=self.letters.raw_records(after_dedup),
            hidden=self._hidden,
        )
        return self.replayed.over(written)

    def _refresh_ends(self) -> None:
        """Notes how far raw reaches by now, so that rows of newer events are not taken for unexplained ones."""
        topic = self._contract.topic.name
        spans = topic_spans(self._settings, topic)
        known = {window.partition for window in self.windows}
        if not known <= spans.keys():
            raise TransientError(f"{topic} has lost partitions meanwhile.", remedy="If it was made anew, ask again.")
        added = [Window(number, 0, 0, high) for number, (_, high) in spans.items() if number not in known]
        self.windows = [replace(window, high=spans[window.partition][1]) for window in self.windows] + added

    def _read_refused(self) -> None:
        """The silver rows that letters name by their place in the silver topic, if they can be read."""
        named = self.letters.silver_records(BEHIND_SILVER)
        new = offsets_by_partition(named.where(~among_places(named, self._refused_places)))
        if not new:
            return
        topic, identity = self._contract.silver_topic, self._contract.row_identity
        spans = {
            number: (max(low, int(new[number][0])), min(high, int(new[number][-1]) + 1))
            for number, (low, high) in topic_spans(self._settings, topic).items()
            if number in new
        }
        scans = self._scan(topic, spans).split(self._workers.count)
        found = self._workers.results([self._workers.submit(read_silver_at, scan, identity, new) for scan in scans])
        self._refused_places = concat([self._refused_places, *(places for places, _ in found)])
        self._refused_rows = concat([self._refused_rows, *(rows for _, rows in found)])

    def _claimed(self) -> dict[int, Offsets]:
        outputs = self._outputs()
        return offsets_by_partition(concat([outputs.silver, outputs.dead_letter, outputs.dropped]))

    def _read_copies_outside(self) -> None:
        """The copies of the windows' records that lie outside of the windows."""
        named = copies_outside(self._ledger.recorded, self.windows)
        found = within(named, topic_spans(self._settings, self._contract.topic.name)) if named else {}
        if new := without(found, self._outside):
            self.raw = joined([self.raw, self._raw_reader.read_at(new, self._claimed())])
            self._outside = found

    def _unread(self, topic: str) -> list[Scan]:
        read_to = self._read_to.setdefault(topic, {})
        spans = {}
        for number, (low, high) in topic_spans(self._settings, topic).items():
            start = read_to.get(number, low)
            if start < low:
                raise TransientError(
                    f"retention removed records of {topic} before they were read.", remedy="Ask again."
                )
            spans[number] = (start, high)
        read_to.update({number: high for number, (_, high) in spans.items()})
        return self._scan(topic, spans).split(self._workers.count)

    def _scan(self, topic: str, spans: Spans) -> Scan:
        return Scan(self._settings, topic, spans)


class LayerByTopics:
    """The same evidence, as that of the ledger or of replays, which are judged by what the topics hold."""

    def __init__(self, topics: TopicEvidence, judge: Callable[[], LayerVerdict | None]) -> None:
        self.judge = judge
        self.extend = topics.extend


def _joined(before: Leading, parts: list[Leading]) -> Leading:
    if not parts:
        return before
    every = [before, *parts]
    return Leading(
        concat([part.rows for part in every]),
        concat([part.unreadable for part in every]),
        sum(part.doubtful for part in every),
    )
