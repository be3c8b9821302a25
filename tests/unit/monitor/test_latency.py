"""Samples of what was committed, and what became of their documents."""

import time
from dataclasses import replace
from typing import Any

import pytest

from tidegate.contracts.dataset import Stream
from tidegate.measure.sampled_row import SampledRow
from tidegate.measure.search_probe import SearchProbe
from tidegate.monitor.latency import MAX_PENDING, Latencies, latencies_of, picks
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
