"""Samples of what was committed, and what became of their documents."""

from pathlib import Path

from tidegate.contracts.load import load_stream
from tidegate.monitor.latency import GIVE_UP_S, MAX_PENDING, Latencies, picks

SCHEMAS = Path(__file__).parents[3] / "schemas"


def test_one_offset_of_what_a_partition_gained_is_picked() -> None:
    before = {("s", 0): 10, ("s", 1): 5, ("s", 3): 5}
    now = {("s", 0): 10, ("s", 1): 9, ("s", 2): 100, ("s", 3): 2}
    drawn = {offset for _ in range(300) for offset in picks(before, now).values()}
    assert drawn == {5, 6, 7, 8}


def test_a_document_is_known_by_the_identity_of_its_row() -> None:
    latencies = Latencies(load_stream(SCHEMAS, "orders"))
    latencies.offer({"order_id": "o1", "status": "paid", "line_number": 2}, 100.0)
    assert latencies.pending == {"o1_paid_2": 100.0}


def test_a_found_document_is_measured_from_its_arrival() -> None:
    latencies = Latencies(load_stream(SCHEMAS, "clicks"))
    latencies.offer({"event_id": "a"}, 100.0)
    latencies.offer({"event_id": "b"}, 101.0)
    latencies.found(["a"], 103.5)
    assert latencies.pending == {"b": 101.0}
    assert (latencies.searchable.total, sum(latencies.searchable.counts)) == (3.5, 1)
    assert latencies.lost == 0


def test_a_document_that_no_search_finds_is_given_up_and_counted() -> None:
    latencies = Latencies(load_stream(SCHEMAS, "clicks"))
    latencies.offer({"event_id": "a"}, 100.0)
    latencies.found([], 100.0 + GIVE_UP_S + 1)
    assert (latencies.pending, latencies.lost) == ({}, 1)


def test_not_more_documents_are_looked_for_than_one_search_takes() -> None:
    latencies = Latencies(load_stream(SCHEMAS, "clicks"))
    for number in range(MAX_PENDING + 10):
        latencies.offer({"event_id": str(number)}, 0.0)
    assert len(latencies.pending) == MAX_PENDING
