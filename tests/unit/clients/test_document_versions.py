"""Documents by their versions; tests/jobs/test_replay_lake.py removes real ones."""

from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from opensearchpy.exceptions import NotFoundError

from tidegate.clients import document_versions
from tidegate.clients.document_versions import (
    Versioned,
    delete_documents,
    documents_count,
    documents_held,
    newest_time_ms,
)
from tidegate.errors import TransientError
from tidegate.settings import Settings

SETTINGS = Settings()
SHARDS = {"successful": 1, "total": 1}


class Vendor:
    """Answers what it was told to, and keeps what it was sent."""

    def __init__(self, *pages: list[dict[str, Any]], statuses: tuple[int, ...] = ()) -> None:
        self._pages = [*pages, []]
        self._statuses = [*statuses]
        self.sent: list[dict[str, Any]] = []

    def search(self, **asked: Any) -> dict[str, Any]:
        if "aggs" in asked["body"]:
            return {"aggregations": {"newest": {"value": 1.767e12}}}
        return {"_scroll_id": "s", "_shards": SHARDS, "hits": {"hits": self._pages.pop(0)}}

    def scroll(self, **_: Any) -> dict[str, Any]:
        return {"_scroll_id": "s", "_shards": SHARDS, "hits": {"hits": self._pages.pop(0)}}

    def clear_scroll(self, **_: Any) -> None: ...

    def count(self, **_: Any) -> dict[str, Any]:
        return {"count": 3, "_shards": SHARDS}

    def bulk(self, body: list[dict[str, Any]], params: dict[str, str]) -> dict[str, Any]:
        assert "error" in params["filter_path"]
        self.sent += body
        return {"items": [{"delete": {"status": self._statuses.pop(0)}} for _ in body]}


def connected(monkeypatch: pytest.MonkeyPatch, vendor: object) -> None:
    monkeypatch.setattr(document_versions, "connect", lambda *_, **__: vendor)


def hit(name: str, version: int) -> dict[str, Any]:
    return {"_index": "events-2026", "_id": name, "_version": version}


def test_every_page_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    connected(monkeypatch, Vendor([hit("a", 1), hit("b", 2)], [hit("c", 3)]))

    found = [*documents_held(SETTINGS, "events", {})]

    assert found == [Versioned("events-2026", name, version) for name, version in (("a", 1), ("b", 2), ("c", 3))]


def test_an_alias_that_is_not_there_has_no_documents_and_no_times(monkeypatch: pytest.MonkeyPatch) -> None:
    class Nothing(Vendor):
        def search(self, **asked: Any) -> dict[str, Any]:
            if "aggs" in asked["body"]:
                return {"hits": {"hits": []}}
            raise NotFoundError(404, "index_not_found_exception", {})

    connected(monkeypatch, Nothing())
    assert [*documents_held(SETTINGS, "events", {})] == []
    assert newest_time_ms(SETTINGS, "events", {}, "_ingested_at") == 0


def test_a_snapshot_that_was_lost_is_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    class Lost(Vendor):
        def scroll(self, **_: Any) -> dict[str, Any]:
            raise NotFoundError(404, "search_context_missing_exception", {})

    connected(monkeypatch, Lost([hit("a", 1)]))
    with pytest.raises(TransientError, match="lost its snapshot of events"):
        list(documents_held(SETTINGS, "events", {}))


def test_each_is_deleted_by_a_version(monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = Vendor(statuses=(200, 404, 409))
    connected(monkeypatch, vendor)

    delete_documents(SETTINGS, [Versioned("events-2026", name, 5) for name in "abc"], 9)

    at = {"version": 9, "version_type": "external_gte"}
    assert vendor.sent == [{"delete": {"_index": "events-2026", "_id": name, **at}} for name in "abc"]


def test_a_deletion_that_is_refused_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    connected(monkeypatch, Vendor(statuses=(200, 503)))
    with pytest.raises(TransientError, match="did not delete 1 documents: 503 no reason given"):
        delete_documents(SETTINGS, [Versioned("e", "a", 1), Versioned("e", "b", 1)], 9)


def test_times_and_counts_are_whole_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    connected(monkeypatch, Vendor())
    assert newest_time_ms(SETTINGS, "events", {}, "_ingested_at") == 1_767_000_000_000
    assert documents_count(SETTINGS, "events", {}) == 3


@pytest.mark.parametrize(
    "ask",
    [
        lambda: list(documents_held(SETTINGS, "e", {})),
        lambda: newest_time_ms(SETTINGS, "e", {}, "f"),
        lambda: documents_count(SETTINGS, "e", {}),
    ],
)
def test_an_answer_without_a_shard_is_none(monkeypatch: pytest.MonkeyPatch, ask: Callable[[], object]) -> None:
    """It has no hit, and the index may be full of them."""

    class Part(Vendor):
        part: ClassVar[dict[str, Any]] = {"_scroll_id": "s", "_shards": {"total": 2, "successful": 1, "failed": 1}}

        def search(self, **_: Any) -> dict[str, Any]:
            return self.part

        def count(self, **_: Any) -> dict[str, Any]:
            return self.part | {"count": 0}

    connected(monkeypatch, Part())
    with pytest.raises(TransientError):
        ask()


@pytest.mark.parametrize(
    "ask",
    [
        lambda settings: list(documents_held(settings, "e", {})),
        lambda settings: newest_time_ms(settings, "e", {}, "f"),
        lambda settings: documents_count(settings, "e", {}),
        lambda settings: delete_documents(settings, [Versioned("e", "a", 1)], 9),
    ],
)
def test_a_server_that_is_away_is_an_outage(nobody: Settings, ask: Callable[[Settings], object]) -> None:
    with pytest.raises(TransientError, match="does not answer"):
        ask(nobody)
