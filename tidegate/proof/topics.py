"""The evidence of a dataset's topics: read once, then extended as the outputs grow."""

from collections import Counter
from dataclasses import replace

import numpy as np

from tidegate.contracts.model import Contract
from tidegate.proof.record_reader import read_dead_letters, read_dropped, read_raw, read_silver
from tidegate.proof.rows import Offsets, Rows, concat, make_rows
from tidegate.proof.topic_reader import Scan, Spans, topic_spans
from tidegate.proof.verdict import Outputs, PartitionVerdict, RawRows, Window, judge
from tidegate.proof.workers import Workers
from tidegate.settings import Settings


class TopicEvidence:
    """What raw, silver, dead letter and dropped topics hold, for the raw offsets of ``windows``.

    Outputs are read whole, whatever the window: they are not in the order of raw offsets, and a duplicate's first
    event may lie before the window. ``letters`` counts dead letters by error code; ``index_letters`` are the
    coordinates of those that the index refused.
    """

    def __init__(self, settings: Settings, contract: Contract, windows: list[Window], workers: Workers) -> None:
        self.windows = windows
        self.outputs = Outputs(make_rows(), make_rows(), make_rows())
        self.index_letters = make_rows()
        self.letters: Counter[str] = Counter()
        self._settings = settings
        self._contract = contract
        self._identity = tuple(contract.identity)
        self._workers = workers
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
        silver_rows = [run(read_silver, scan, self._identity) for scan in silver]
        letter_rows = [run(read_dead_letters, scan, contract.topic.name) for scan in letters]
        dropped_rows = [run(read_dropped, scan) for scan in dropped]
        found = results(letter_rows)
        before = self.outputs
        self.outputs = Outputs(
            concat([before.silver, *results(silver_rows)]),
            concat([before.dead_letter, *(part.before_silver for part in found)]),
            concat([before.dropped, *results(dropped_rows)]),
        )
        self.index_letters = concat([self.index_letters, *(part.index for part in found)])
        for part in found:
            self.letters += part.reasons
        self.refresh_ends()
        return True

    def refresh_ends(self) -> None:
        """Notes how far raw reaches by now, so that rows of newer events are not taken for unexplained ones."""
        spans = topic_spans(self._settings.kafka_bootstrap_servers, self._contract.topic.name)
        self.windows = [replace(window, high=spans[window.partition][1]) for window in self.windows]

    def silver_expected_in_index(self) -> Rows:
        """Silver rows but those whose document the index refused."""
        return _without(self.outputs.silver, self.index_letters)

    def _read_raw(self) -> RawRows:
        spans = {window.partition: (window.start, window.end) for window in self.windows}
        claimed = _offsets_by_partition(concat([self.outputs.silver, self.outputs.dead_letter, self.outputs.dropped]))
        futures = [
            self._workers.submit(
                read_raw, scan, self._identity, {number: claimed[number] for number in scan.spans if number in claimed}
            )
            for scan in self._scan(self._contract.topic.name, spans).split(self._workers.count)
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
            for number, (low, high) in topic_spans(self._settings.kafka_bootstrap_servers, topic).items()
        }
        read_to.update({number: high for number, (_, high) in spans.items()})
        return self._scan(topic, spans).split(self._workers.count)

    def _scan(self, topic: str, spans: Spans) -> Scan:
        return Scan(self._settings.kafka_bootstrap_servers, self._settings.registry_url, topic, spans)


def _offsets_by_partition(rows: Rows) -> dict[int, Offsets]:
    return {number: np.unique(rows.offset[rows.partition == number]) for number in np.unique(rows.partition).tolist()}


def _without(rows: Rows, refused: Rows) -> Rows:
    keep = np.ones(len(rows), np.bool_)
    for number, offsets in _offsets_by_partition(refused).items():
        keep &= ~((rows.partition == number) & np.isin(rows.offset, offsets))
    return rows.where(keep)
