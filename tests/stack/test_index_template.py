"""Search templates on the real OpenSearch: what is applied, what is refused, what is found to differ."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from opensearchpy import OpenSearch
from opensearchpy.exceptions import RequestError

from tests.contracts import copy_of_clicks, spoil
from tidegate.clients.opensearch import SearchClient, connect
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream
from tidegate.search.templates import Applied, apply_templates, index_status
from tidegate.settings import Settings

DOCUMENT: dict[str, Any] = {
    "event_id": "a",
    "event_time": "2015-05-17T10:05:03.000Z",
    "unit_price": 12.34,
    "page_url": "/p/P00017?ref=x",
    "user_agent": "Mozilla/5.0 (X11)",
    "_source_topic": "raw.clicks",
    "_source_partition": 0,
    "_source_offset": 7,
    "_schema_id": 3,
    "_warnings": ["country_is_iso_code"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Folder of a dataset that no other test indexes."""
    return copy_of_clicks(tmp_path, f"indexed_{uuid4().hex[:8]}")


@pytest.fixture
def opensearch(stack: Settings) -> OpenSearch:
    return connect(stack)


def _load(folder: Path) -> Stream:
    return load_stream(folder.parent, folder.name)


def _apply(stack: Settings, folder: Path) -> Applied:
    (applied,) = apply_templates(SearchClient(stack), stack, [_load(folder)])
    return applied


def test_applying_twice_changes_nothing(stack: Settings, folder: Path) -> None:
    client = SearchClient(stack)
    assert index_status(client, stack, _load(folder))[0].template == "missing"
    assert _apply(stack, folder).changed
    assert index_status(client, stack, _load(folder))[0].template == "current"
    assert not _apply(stack, folder).changed


def test_a_document_lands_under_its_own_date_and_is_found_by_the_alias(
    stack: Settings, folder: Path, opensearch: OpenSearch
) -> None:
    _apply(stack, folder)
    opensearch.index(index=f"events-{folder.name}-2015.05.17", body=DOCUMENT, id="a", params={"refresh": "true"})
    client, query = SearchClient(stack), {"query": {"term": {"_warnings": "country_is_iso_code"}}}
    assert client.search(f"events-{folder.name}", query)["hits"]["hits"][0]["_source"] == DOCUMENT
    (status,) = index_status(client, stack, _load(folder))
    assert [(index.name, index.docs) for index in status.indices] == [(f"events-{folder.name}-2015.05.17", 1)]


def test_a_field_the_contract_does_not_know_is_refused(stack: Settings, folder: Path, opensearch: OpenSearch) -> None:
    _apply(stack, folder)
    with pytest.raises(RequestError, match="strict_dynamic_mapping_exception"):
        opensearch.index(index=f"events-{folder.name}-2015.05.17", body=DOCUMENT | {"surprise": 1}, id="a")


@pytest.mark.parametrize("time", ["-0001-12-31T23:59:59.999Z", "2015-05-17T23:59:59Z", "+10000-01-01T00:00:00.000Z"])
def test_a_time_of_any_year_is_taken(stack: Settings, folder: Path, opensearch: OpenSearch, time: str) -> None:
    """The sink writes what Java makes of a time, which has a sign before years of five digits."""
    _apply(stack, folder)
    index = f"events-{folder.name}-2015.05.17"
    opensearch.index(index=index, body=DOCUMENT | {"event_time": time}, id="a", params={"refresh": "true"})
    by_time = {"query": {"range": {"event_time": {"gte": time, "lte": time}}}}
    assert len(SearchClient(stack).search(index, by_time)["hits"]["hits"]) == 1


def test_a_day_finds_what_happened_on_it(stack: Settings, folder: Path, opensearch: OpenSearch) -> None:
    _apply(stack, folder)
    opensearch.index(index=f"events-{folder.name}-2015.05.17", body=DOCUMENT, id="a", params={"refresh": "true"})
    by_day = {
        "query": {"range": {"event_time": {"gte": "2015-05-17", "lte": "2015-05-17"}}},
        "aggs": {"days": {"date_histogram": {"field": "event_time", "calendar_interval": "day"}}},
    }
    found = SearchClient(stack).search(f"events-{folder.name}", by_day)
    assert [hit["_id"] for hit in found["hits"]["hits"]] == ["a"]
    assert [day["key_as_string"] for day in found["aggregations"]["days"]["buckets"]] == ["2015-05-17T00:00:00.000Z"]


@pytest.mark.parametrize(
    "query",
    [
        {"term": {"_source_offset": 7}},
        {"terms": {"_source_offset": [6, 7]}},
        {"range": {"_source_offset": {"gte": 7, "lt": 8}}},
        {"term": {"_source_topic": "raw.clicks"}},
        {"query_string": {"query": "_schema_id:3 AND _source_partition:0"}},
    ],
)
def test_coordinates_are_searched_without_an_index(
    stack: Settings, folder: Path, opensearch: OpenSearch, query: dict[str, Any]
) -> None:
    _apply(stack, folder)
    elsewhere = {"_source_topic": "raw.other", "_source_partition": 1, "_source_offset": 8, "_schema_id": 99}
    index, refreshed = f"events-{folder.name}-2015.05.17", {"refresh": "true"}
    opensearch.index(index=index, body=DOCUMENT, id="a", params=refreshed)
    opensearch.index(index=index, body=DOCUMENT | elsewhere, id="b", params=refreshed)
    found = SearchClient(stack).search(f"events-{folder.name}", {"query": query})
    assert [hit["_id"] for hit in found["hits"]["hits"]] == ["a"]


def test_text_longer_than_a_term_is_kept(stack: Settings, folder: Path, opensearch: OpenSearch) -> None:
    _apply(stack, folder)
    opensearch.index(index=f"events-{folder.name}-2015.05.17", body=DOCUMENT | {"referrer": "é" * 100_000}, id="a")
    assert opensearch.get(index=f"events-{folder.name}-2015.05.17", id="a")["_source"]["referrer"] == "é" * 100_000


def test_a_template_changed_by_hand_is_found_and_mended(stack: Settings, folder: Path, opensearch: OpenSearch) -> None:
    _apply(stack, folder)
    name = f"events-{folder.name}"
    template = SearchClient(stack).template(name)
    assert template is not None
    template["template"]["mappings"]["properties"]["country"] = {"type": "text"}
    opensearch.indices.put_index_template(name=name, body=template)
    (status,) = index_status(SearchClient(stack), stack, _load(folder))
    assert status.template == "differs"
    assert all(path.startswith("template.mappings.properties.country") for path in status.differences)
    assert _apply(stack, folder).changed
    assert index_status(SearchClient(stack), stack, _load(folder))[0].template == "current"


def test_an_index_that_exists_gets_new_fields(stack: Settings, folder: Path, opensearch: OpenSearch) -> None:
    _apply(stack, folder)
    index = f"events-{folder.name}-2015.05.17"
    opensearch.index(index=index, body=DOCUMENT, id="a")
    consent = '{"name": "consent", "type": ["null", "boolean"], "default": null},\n    {"name": "_source_topic"'
    spoil(folder / "silver.avsc", '{"name": "_source_topic"', consent)
    applied = _apply(stack, folder)
    assert (applied.updated, applied.conflicts) == (1, [])
    opensearch.index(index=index, body=DOCUMENT | {"consent": True}, id="b")


def test_an_index_that_holds_another_type_is_named(stack: Settings, folder: Path, opensearch: OpenSearch) -> None:
    _apply(stack, folder)
    index = f"events-{folder.name}-2015.05.17"
    opensearch.index(index=index, body=DOCUMENT, id="a")
    spoil(folder / "contract.yaml", "index:\n", "index:\n  overrides: {country: {type: integer}}\n")
    (conflict,) = _apply(stack, folder).conflicts
    assert conflict.startswith(f"{index}: ")
    assert "country" in conflict
