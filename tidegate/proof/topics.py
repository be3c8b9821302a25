"""The evidence of a dataset's topics: read once, then extended as the outputs grow."""

from collections import Counter
from collections.abc import Set
from dataclasses import replace

import numpy as np

from tidegate.clients.kafka_offsets import Spans, topic_spans
from tidegate.clients.kafka_records import Scan
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.codes import STAGES_BEFORE_SILVER, Stage
from tidegate.proof.record_reader import (
    DeadLetterRows,
    RawLayout,
    read_dead_letters,
    read_dropped,
    read_exploding_raw,
    read_raw,
    read_silver,
)
from tidegate.proof.rows import Offsets, Rows, concat, make_rows
from tidegate.proof.verdict import Outputs, PartitionVerdict, RawRows, judge
from tidegate.proof.window import Window
from tidegate.proof.workers import Workers
from tidegate.settings import Settings


class TopicEvidence:
    """What raw, silver, dead letter and dropped topics hold, for the raw offsets of ``windows``.

    Outputs are read whole, whatever the window: they are not in the order of raw offsets, and a duplicate's first
    event may lie before the window.
    """

    def __init__(self, settings: Settings, dataset: Stream, windows: list[Window], workers: Workers) -> None:
        self.windows = windows
        self.outputs = Outputs(make_rows(), make_rows(), make_rows())
        self._settings = settings
        self._dataset = dataset
        self._contract = dataset.contract
        self._workers = workers
        self._letters: list[DeadLetterRows] = []
        self._read_to: dict[str, dict[int, int]] = {}
        self.extend()
        self.raw = self._read_raw()

    def judge(self) -> list[PartitionVerdict]:
        """The verdict on what was read so far."""
        return judge(self.windows, self.raw, self.outputs)

    def extend(self) -> bool:
        """Reads what the outputs gained since; False if nothing."""
        contract = self._contract
        silver, letters, dropped = (
            self._unread(topic) for topic in (contract.silver_topic, contract.dead_letter_topic, contract.dropped_topic)
        )
        if not (silver or letters or dropped):
            return False
        run, results = self._workers.submit, self._workers.results
        silver_rows = [run(read_silver, scan, contract.row_identity) for scan in silver]
        letter_rows = [run(read_dead_letters, scan, contract.topic.name) for scan in letters]
        dropped_rows = [run(read_dropped, scan) for scan in dropped]
        found = results(letter_rows)
        before = self.outputs
        self.outputs = Outputs(
            concat([before.silver, *results(silver_rows)]),
            concat([before.dead_letter, *_of_stages(found, STAGES_BEFORE_SILVER)]),
            concat([before.dropped, *results(dropped_rows)]),
        )
        self._letters += found
        self.refresh_ends()
        return True

    def refresh_ends(self) -> None:
        """Notes how far raw reaches by now, so that rows of newer events are not taken for unexplained ones."""
        spans = topic_spans(self._settings, self._contract.topic.name)
        self.windows = [replace(window, high=spans[window.partition][1]) for window in self.windows]

    def silver_expected_in_index(self) -> Rows:
        """Silver rows but those whose document the index refused."""
        return _without(self.outputs.silver, concat(_of_stages(self._letters, {Stage.INDEX})))

    def dead_letters(self) -> dict[str, int]:
        """Dead letters of the windows by error code, most first; one that was written twice counts once."""
        counts: Counter[str] = Counter()
        for (_, code), rows in _merged(self._letters).items():
            counts[code] += sum(len(np.unique(window.of(rows).offset)) for window in self.windows)
        return {code: count for code, count in counts.most_common() if count}

    def _read_raw(self) -> RawRows:
        spans = {window.partition: (window.start, window.end) for window in self.windows}
        contract, record = self._contract, self._dataset.raw_type
        whole = Scan(self._settings, contract.topic.name, spans, schema_headers=True)
        scans = whole.split(self._workers.count)
        layout = RawLayout(record, tuple(contract.identity), contract.explode.field if contract.explode else None)
        if contract.explode:
            futures = [self._workers.submit(read_exploding_raw, scan, layout) for scan in scans]
        else:
            claims = concat([self.outputs.silver, self.outputs.dead_letter, self.outputs.dropped])
            claimed = _offsets_by_partition(claims)
            futures = [
                self._workers.submit(
                    read_raw, scan, layout, {number: claimed[number] for number in scan.spans if number in claimed}
                )
                for scan in scans
            ]
        parts = self._workers.results(futures)
        decodable = [part.decodable for part in parts]
        return RawRows(
            concat([part.rows for part in parts]), np.concatenate(decodable) if parts else np.zeros(0, np.bool_)
        )

    def _unread(self, topic: str) -> list[Scan]:
        read_to = self._read_to.setdefault(topic, {})
        spans = {
            number: (max(low, read_to.get(number, low)), high)
            for number, (low, high) in topic_spans(self._settings, topic).items()
        }
        read_to.update({number: high for number, (_, high) in spans.items()})
        return self._scan(topic, spans).split(self._workers.count)

    def _scan(self, topic: str, spans: Spans) -> Scan:
        return Scan(self._settings, topic, spans)


def _merged(letters: list[DeadLetterRows]) -> DeadLetterRows:
    """All rows of each stage and error code."""
    reasons = dict.fromkeys(reason for part in letters for reason in part)
    return {reason: concat([part[reason] for part in letters if reason in part]) for reason in reasons}


def _of_stages(letters: list[DeadLetterRows], stages: Set[str]) -> list[Rows]:
    return [rows for part in letters for (stage, _), rows in part.items() if stage in stages]


def _offsets_by_partition(rows: Rows) -> dict[int, Offsets]:
    return {number: np.unique(rows.offset[rows.partition == number]) for number in np.unique(rows.partition).tolist()}


def _without(rows: Rows, refused: Rows) -> Rows:
    keep = np.ones(len(rows), np.bool_)
    for number, offsets in _offsets_by_partition(refused).items():
        keep &= ~((rows.partition == number) & np.isin(rows.offset, offsets))
    return rows.where(keep)
