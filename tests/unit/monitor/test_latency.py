"""Samples of what was committed, and what became of their documents."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tidegate.clients.kafka_offsets import OffsetReader, Offsets, Place
from tidegate.clients.kafka_single_records import SingleRecords
from tidegate.contracts.dataset import Stream
from tidegate.errors import TransientError
from tidegate.measure.sampled_row import SampledRow
from tidegate.measure.search_probe import SearchProbe
from tidegate.monitor import latency
from tidegate.monitor.latency import MAX_PENDING, CommittedReader, Latencies, latencies_of, picks
from tidegate.settings import Settings


def test_one_offset_of_what_a_partition_gained_is_picked() -> None:
    before = {("s", 0): 10, ("s", 1): 5, ("s", 3): 5}
    now = {("s", 0): 10, ("s", 1): 9, ("s", 2): 100, ("s", 3): 2}
    drawn = {offset for _ in range(300) for offset in picks(before, now).values()}
    assert drawn == {5, 6, 7, 8}


class Everything:
    """Finds every document."""

    def search(self, _index: str, body: dict[str, Any]) -> dict[str, Any]:
        return {"hits": {"hits": [{"_id": name} for name in body["query"]["ids"]["values"]]}}


def latencies(dataset: Stream) -> Latencies:
    return Latencies(dataset, SearchProbe(Everything(), "events"))


def test_a_row_is_measured_when_it_is_committed_and_when_its_document_is_found(clicks: Stream) -> None:
    measured, arrived_s = latencies(clicks), time.time() - 3
    measured.take(SampledRow("a", arrived_s), arrived_s + 1)
    measured.search()

    assert (measured.committed.total, sum(measured.committed.counts)) == (1, 1)
    assert measured.searchable.total == pytest.approx(3, abs=1)
    assert [sample.value for sample in measured.samples()][2] == 0


def test_no_search_looks_for_what_gets_no_document(clicks: Stream) -> None:
    measured = latencies(replace(clicks, contract=clicks.contract.model_copy(update={"index": None})))
    measured.take(SampledRow("a", 0.0), 1.0)

    assert (measured.probe.pending, measured.committed.total) == (0, 1)


def test_each_dataset_is_looked_for_up_to_the_limits(clicks: Stream) -> None:
    (measured,) = latencies_of(Settings(), [clicks])
    for number in range(MAX_PENDING + 10):
        measured.take(SampledRow(str(number), 0.0), 1.0)

    assert measured.probe.pending == MAX_PENDING


class Ends(OffsetReader):
    """Silver topics as they come, grow and go."""

    def __init__(self) -> None:
        self.now: Offsets = {("silver.clicks", 0): 10}
        self.away = False

    def places(self, topics: Iterable[str]) -> list[Place]:
        return list(self.now)

    def ends(self, places: Iterable[Place]) -> Offsets:
        if self.away or set(places) - self.now.keys():
            raise TransientError("no such partition", remedy="")
        return {place: self.now[place] for place in places}


class Asked(SingleRecords):
    """Which records were asked for."""

    def __init__(self) -> None:
        self.places: list[Place] = []

    def at(self, wanted: Mapping[Place, int]) -> dict[Place, Any]:
        self.places += wanted
        return {}


def test_what_was_committed_while_nobody_looked_is_not_measured_as_committed_now(
    clicks: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an outage of the monitor's Kafka, say: the rows of that hour would all seem to be an hour slow."""
    ends, asked = Ends(), Asked()
    monkeypatch.setattr(latency, "SAMPLE_EVERY_S", 0.0)
    reader = CommittedReader(Settings(), ends, asked, [latencies(clicks)])

    def gained(looked_before_s: float) -> int:
        monkeypatch.setattr(latency, "LOOKED_BEFORE_S", looked_before_s)
        ends.now["silver.clicks", 0] += 5
        list(reader.read())
        return len(asked.places)

    assert [gained(60), gained(60), gained(-1), gained(60)] == [0, 1, 1, 2]


def test_topics_that_come_and_go_are_followed(clicks: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    ends, asked = Ends(), Asked()
    monkeypatch.setattr(latency, "SAMPLE_EVERY_S", 0.0)
    reader = CommittedReader(Settings(), ends, asked, [latencies(clicks)])
    list(reader.read())
    ends.now = {("silver.clicks", 1): 5}
    with pytest.raises(TransientError):
        list(reader.read())
    list(reader.read())
    ends.now["silver.clicks", 2] = 5
    monkeypatch.setattr(latency, "PLACES_EVERY_S", -1.0)
    list(reader.read())
    ends.now = dict.fromkeys(ends.now, 9)
    list(reader.read())
    assert asked.places == [("silver.clicks", 1), ("silver.clicks", 2)]


def test_a_row_of_somebody_else_is_no_sample(clicks: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    class Foreign(Asked):
        def at(self, wanted: Mapping[Place, int]) -> dict[Place, Any]:
            return {place: Message() for place in wanted}

    class Message:
        def offset(self) -> int:
            return 0

        def value(self) -> bytes:
            return b""

    ends, measured = Ends(), latencies(clicks)
    monkeypatch.setattr(latency, "decode_record", lambda value, schemas: {"id": 1})
    reader = CommittedReader(Settings(), ends, Foreign(), [measured])
    list(reader.read())
    ends.now["silver.clicks", 0] += 5
    assert list(reader.read()) == []
    assert measured.committed.total == 0
