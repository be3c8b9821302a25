"""OpenSearch's errors in our words; its answers are met in tests/stack/test_index_template.py."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from opensearchpy.exceptions import NotFoundError, SerializationError, TransportError
from opensearchpy.helpers.errors import ScanError

from tidegate.clients import opensearch
from tidegate.clients.opensearch import SearchClient, SearchRoom, opensearch_errors
from tidegate.errors import TidegateError, TransientError
from tidegate.settings import Settings

SETTINGS = Settings(opensearch_url="https://search:9200")


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.put_template("t", {}),
        lambda client: client.template("t"),
        lambda client: client.put_mapping("i", {}),
        lambda client: client.indices("i*"),
        lambda client: client.count("i"),
        lambda client: client.search("i", {}),
        lambda client: list(client.documents("i", ["f"], 10)),
        lambda client: client.refresh("i"),
        lambda client: client.room(),
    ],
    ids=["put_template", "template", "put_mapping", "indices", "count", "search", "documents", "refresh", "room"],
)
def test_a_server_that_is_away_is_an_outage(nobody: Settings, ask: Callable[[SearchClient], object]) -> None:
    with pytest.raises(TransientError, match=r"OpenSearch at http://127\.0\.0\.1:1 does not answer"):
        ask(SearchClient(nobody))


@pytest.mark.parametrize(
    ("status", "kind", "text"),
    [
        (401, TidegateError, "refuses the login.*TIDEGATE_OPENSEARCH_USER"),
        (403, TidegateError, "refuses the login"),
        (400, TidegateError, "refuses the request with 400: no such field"),
        (429, TransientError, "answers 429: no such field"),
        (503, TransientError, "answers 503: no such field.*tidegate logs opensearch"),
    ],
)
def test_a_refusal_is_told_by_its_status(status: int, kind: type[TidegateError], text: str) -> None:
    refused = TransportError(status, "error", {"error": {"reason": "no such field."}})

    with pytest.raises(kind, match=f"OpenSearch at https://search:9200 {text}") as caught, opensearch_errors(SETTINGS):
        raise refused
    assert type(caught.value) is kind


def test_an_error_of_the_client_itself_names_the_setting() -> None:
    with pytest.raises(TidegateError, match="TIDEGATE_OPENSEARCH_URL"), opensearch_errors(SETTINGS):
        raise SerializationError("what?")


class LosesItsSnapshot:
    """Answers the first page, and the second with an error."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def search(self, **_: object) -> dict[str, object]:
        shards = {"successful": 1, "total": 1}
        return {"_scroll_id": "s", "_shards": shards, "hits": {"hits": [{"_id": "a"}, {"_id": "b"}]}}

    def scroll(self, **_: object) -> dict[str, object]:
        raise self._error

    def clear_scroll(self, **_: object) -> None:
        pass


def client_of(monkeypatch: pytest.MonkeyPatch, vendor: object) -> SearchClient:
    monkeypatch.setattr(opensearch, "connect", lambda *_, **__: vendor)
    return SearchClient(SETTINGS)


@pytest.mark.parametrize(
    "error",
    [NotFoundError(404, "search_phase_execution_exception", {}), ScanError("s", "1 shard of 2")],
    ids=["no such scroll", "a shard failed"],
)
def test_a_snapshot_that_is_lost_on_its_second_page_is_an_outage_and_no_end(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    client = client_of(monkeypatch, LosesItsSnapshot(error))

    with pytest.raises(TransientError, match="lost its snapshot of events-x before all of it was read"):
        list(client.documents("events-x", ["f"], 2))


def test_an_index_that_is_not_there_has_no_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    class HasNone:
        def search(self, **_: object) -> None:
            raise NotFoundError(404, "index_not_found_exception", {})

    assert list(client_of(monkeypatch, HasNone()).documents("events-x", ["f"], 2)) == []


@pytest.mark.parametrize("watched", [True, False])
def test_room_is_counted_as_opensearch_counts_it(monkeypatch: pytest.MonkeyPatch, watched: bool) -> None:
    """Shards without a node count too; a node's own file stands among the defaults."""
    shards = {"active_shards": 7, "initializing_shards": 1, "unassigned_shards": 2, "number_of_data_nodes": 3}
    defaults = {
        "cluster.max_shards_per_node": "1000",
        "cluster.routing.allocation.disk.threshold_enabled": str(watched).lower(),
    }
    blocks = {
        "global": {"6": {"description": "cluster read-only (api)"}},
        "indices": {
            "old": {"4": {"description": "index closed"}},
            "events": {"12": {"description": "disk usage exceeded flood-stage watermark"}},
        },
    }
    cluster = SimpleNamespace(
        health=lambda: shards,
        get_settings=lambda params: {"persistent": {"cluster.max_shards_per_node": "5"}, "defaults": defaults},
        state=lambda metric: {"blocks": blocks},
    )
    cat = SimpleNamespace(allocation=lambda params: [{"disk.percent": "41"}, {"disk.percent": None}, {}])
    monkeypatch.setattr(opensearch, "connect", lambda *_, **__: SimpleNamespace(cluster=cluster, cat=cat))

    assert SearchClient(SETTINGS).room() == SearchRoom(
        10,
        15,
        41 if watched else None,
        ("cluster read-only (api)", "events: disk usage exceeded flood-stage watermark"),
    )


class HoldsIndices:
    """Two indices of clicks, and no template."""

    def __init__(self) -> None:
        self.deleted: list[str] = []

    def delete_index_template(self, name: str) -> None:
        raise NotFoundError(404, f"no template {name}", {})

    def indices_of(self, index: str, params: dict[str, str]) -> list[dict[str, str]]:
        return [{"index": f"{index[:-1]}{day}", "docs.count": "1", "store.size": "1"} for day in ("01", "02")]

    def delete(self, index: str, params: dict[str, str]) -> None:
        self.deleted.append(index)


def test_a_template_goes_with_the_indices_that_it_made(monkeypatch: pytest.MonkeyPatch) -> None:
    held = HoldsIndices()
    vendor = SimpleNamespace(indices=held, cat=SimpleNamespace(indices=held.indices_of))
    deleted = client_of(monkeypatch, vendor).delete("events-clicks", "events-clicks-*")
    assert deleted == held.deleted == ["events-clicks-01", "events-clicks-02"]
