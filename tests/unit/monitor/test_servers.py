"""Registry and OpenSearch are asked, whatever one answer says; documents are counted in tests/jobs/test_monitor.py."""

from typing import Any

import pytest

from tests.contracts import SCHEMAS
from tidegate.clients.opensearch import SearchClient, SearchRoom
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.load import load_stream
from tidegate.errors import TidegateError, TransientError
from tidegate.monitor.servers import RegistryReader, RoomReader, SearchReader
from tidegate.settings import Settings

CONTRACTS = [load_stream(SCHEMAS, name).contract for name in ("clicks", "orders")]


@pytest.mark.parametrize("contracts", [CONTRACTS, []], ids=["datasets", "none"])
def test_a_registry_that_is_away_is_never_said_to_be_there(contracts: list[Any]) -> None:
    with pytest.raises(TransientError):
        list(RegistryReader(Settings(registry_url="http://127.0.0.1:1"), contracts, 5).read())


def test_a_registry_is_asked_once_a_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(RegistryClient, "versions", lambda _, subject: asked.append(subject))
    assert list(RegistryReader(Settings(), CONTRACTS, 5).read()) == []
    assert asked == ["raw.clicks-value"]


@pytest.mark.parametrize(
    ("error", "others"),
    [(TidegateError("refused", remedy=""), ["orders"]), (TransientError("away", remedy=""), [])],
    ids=["one index is refused", "nobody is there"],
)
def test_an_index_in_trouble_hides_no_other(
    error: TidegateError, others: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def count(_: SearchClient, index: str) -> int:
        if "clicks" in index:
            raise error
        return 3

    monkeypatch.setattr(SearchClient, "count", count)
    told: list[Any] = []
    with pytest.raises(type(error)):
        told.extend(SearchReader(Settings(), CONTRACTS, 5).read())
    assert [sample.labels[0] for sample in told] == others


def room(monkeypatch: pytest.MonkeyPatch, answer: SearchRoom | Exception) -> dict[str, Any]:
    """What is told of the answer."""

    def ask(_: SearchClient) -> SearchRoom:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(SearchClient, "room", ask)
    return {
        sample.metric.name.removeprefix("tidegate_search_"): sample.value for sample in RoomReader(Settings()).read()
    }


def test_the_room_of_opensearch_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    found = room(monkeypatch, SearchRoom(950, 1000, 93, ("events-clicks: read-only",)))
    assert found == {"shards": 950, "shards_max": 1000, "disk_used_ratio": 0.93, "blocks": 1}


def test_a_disk_that_is_not_looked_at_is_not_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "disk_used_ratio" not in room(monkeypatch, SearchRoom(1, 1000, None, ()))


@pytest.mark.parametrize("error", [TidegateError("refused", remedy=""), KeyError("cluster.max_shards_per_node")])
def test_a_cluster_that_keeps_it_to_itself_tells_nothing(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    assert room(monkeypatch, error) == {}


def test_the_room_of_a_server_that_is_away_is_a_failed_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TransientError):
        room(monkeypatch, TransientError("away", remedy=""))
