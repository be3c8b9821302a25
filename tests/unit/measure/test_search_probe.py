"""Documents that are looked for until a search finds them."""

import time
from typing import Any

import pytest

from tidegate.errors import TransientError
from tidegate.measure.search_probe import SearchProbe


class Index:
    """Finds what is in ``ids``, unless it is away."""

    def __init__(self, *ids: str) -> None:
        self.ids = set(ids)
        self.away = False
        self.asked: list[set[str]] = []

    def search(self, index: str, body: dict[str, Any]) -> dict[str, Any]:
        assert index == "events-clicks"
        wanted = set(body["query"]["ids"]["values"])
        self.asked.append(wanted)
        if self.away:
            raise TransientError("OpenSearch does not answer.", remedy="Start it.")
        return {"hits": {"hits": [{"_id": name} for name in wanted & self.ids]}}


def test_what_is_found_is_measured_from_its_arrival_and_looked_for_no_more() -> None:
    index = Index("a")
    probe = SearchProbe(index, "events-clicks")
    probe.offer("a", time.time() - 10)
    probe.offer("b", time.time())

    assert probe.poll() == [pytest.approx(10, abs=1)]
    assert (probe.pending, probe.poll()) == (1, [])
    assert index.asked == [{"a", "b"}, {"b"}]


def test_nothing_is_asked_while_nothing_is_looked_for() -> None:
    index = Index()
    assert SearchProbe(index, "events-clicks").poll() == []
    assert index.asked == []


def test_an_outage_is_waited_out() -> None:
    index = Index("a")
    probe = SearchProbe(index, "events-clicks")
    probe.offer("a", time.time())
    index.away = True
    assert (probe.poll(), probe.pending) == ([], 1)

    index.away = False
    assert (len(probe.poll()), probe.pending) == (1, 0)


def test_an_index_that_is_not_there_has_no_document() -> None:
    class NoIndex(Index):
        def search(self, index: str, body: dict[str, Any]) -> dict[str, Any]:
            return {}

    probe = SearchProbe(NoIndex(), "events-clicks")
    probe.offer("a", time.time())
    assert (probe.poll(), probe.pending) == ([], 1)


def test_a_document_that_no_search_finds_is_given_up_and_counted() -> None:
    probe = SearchProbe(Index(), "events-clicks", give_up_s=600)
    probe.offer("a", time.time() - 601)
    probe.offer("b", time.time())
    assert (probe.poll(), probe.pending, probe.lost) == ([], 1, 1)


def test_not_more_documents_are_looked_for_than_allowed() -> None:
    probe = SearchProbe(Index(), "events-clicks", max_pending=3)
    for name in "abcde":
        probe.offer(name, 0.0)
    assert probe.pending == 3
