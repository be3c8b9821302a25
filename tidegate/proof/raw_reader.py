"""Reads raw records of a dataset in whatever form they are: of spans, or some offsets."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np

from tidegate.clients.kafka_offsets import Spans
from tidegate.clients.kafka_records import Scan
from tidegate.contracts.dataset import Stream
from tidegate.contracts.json_topics import unknown_fields
from tidegate.proof.json_reader import JsonLayout, read_exploding_json, read_raw_json
from tidegate.proof.raw_rows import RawRows
from tidegate.proof.record_reader import RawLayout, read_exploding_raw, read_raw
from tidegate.proof.rows import Offsets, concat
from tidegate.proof.window import Picked
from tidegate.proof.workers import Workers
from tidegate.settings import Settings

GAP = 50_000
"""Offsets that are further apart than this are read one by one, not with all that lies between them."""
_L = TypeVar("_L", RawLayout, JsonLayout)


class RawReader:
    """Reads raw records of one dataset by some processes."""

    def __init__(self, settings: Settings, dataset: Stream, workers: Workers) -> None:
        self._settings = settings
        self._dataset = dataset
        self._workers = workers

    def read(self, spans: Spans, claimed: Mapping[int, Offsets]) -> RawRows:
        """Coordinates and identity of every raw record of the spans; ``claimed`` as in ``read_raw``."""
        contract, record = self._dataset.contract, self._dataset.raw_type
        whole = Scan(self._settings, contract.topic.name, spans, schema_headers=True)
        scans = whole.split(self._workers.count)
        exploded = self._dataset.raw_path(contract.explode.field) if contract.explode else None
        identity = self._dataset.raw_identity
        if contract.is_json:
            layout = JsonLayout(record, identity, unknown_fields(contract), exploded)
            return joined(self._read(scans, claimed, (read_raw_json, read_exploding_json), layout))
        avro = RawLayout(record, identity, exploded)
        return joined(self._read(scans, claimed, (read_raw, read_exploding_raw), avro))

    def read_at(self, offsets: Mapping[int, Offsets], claimed: Mapping[int, Offsets]) -> RawRows:
        """The same of these offsets alone (sorted, by partition), of which raw need not have each."""
        read = joined([self.read(spans, claimed) for spans in _rounds(offsets)])
        picked = np.zeros(len(read.rows), np.bool_)
        for number, some in offsets.items():
            picked |= Picked.of_offsets(number, some).marks(read.rows)
        wanted = {number: {*some.tolist()} for number, some in offsets.items()}
        marked = {place: mark for place, mark in read.marked.items() if place[1] in wanted.get(place[0], ())}
        return RawRows(read.rows.where(picked), read.decodable[picked], marked)

    def _read(
        self,
        scans: list[Scan],
        claimed: Mapping[int, Offsets],
        read: tuple[Callable[[Scan, _L, Mapping[int, Offsets]], RawRows], Callable[[Scan, _L], RawRows]],
        layout: _L,
    ) -> list[RawRows]:
        run, results = self._workers.submit, self._workers.results
        plain, exploding = read
        if self._dataset.contract.explode:
            return results([run(exploding, scan, layout) for scan in scans])
        return results(
            [
                run(plain, scan, layout, {number: claimed[number] for number in scan.spans if number in claimed})
                for scan in scans
            ]
        )


def joined(parts: Sequence[RawRows]) -> RawRows:
    """All of them, in order."""
    decodable = [part.decodable for part in parts]
    return RawRows(
        concat([part.rows for part in parts]),
        np.concatenate(decodable) if parts else np.zeros(0, np.bool_),
        {place: mark for part in parts for place, mark in part.marked.items()},
    )


def without(offsets: Mapping[int, Offsets], known: Mapping[int, Offsets]) -> dict[int, Offsets]:
    """The offsets that are not ``known`` yet, by partition."""
    rest = {number: np.setdiff1d(some, known[number]) if number in known else some for number, some in offsets.items()}
    return {number: some for number, some in rest.items() if len(some)}


def within(offsets: Mapping[int, Offsets], spans: Spans) -> dict[int, Offsets]:
    """The offsets that a topic has, by partition."""
    held = {
        number: some[(some >= spans[number][0]) & (some < spans[number][1])]
        for number, some in offsets.items()
        if number in spans
    }
    return {number: some for number, some in held.items() if len(some)}


def _rounds(offsets: Mapping[int, Offsets]) -> Iterator[Spans]:
    """Spans that have all of the offsets: at most one of a partition at a time."""
    runs = {number: np.split(some, np.flatnonzero(np.diff(some) > GAP) + 1) for number, some in offsets.items()}
    for turn in range(max(map(len, runs.values()), default=0)):
        yield {
            number: (int(some[turn][0]), int(some[turn][-1]) + 1) for number, some in runs.items() if turn < len(some)
        }
