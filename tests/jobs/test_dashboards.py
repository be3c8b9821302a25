"""Every chart of the saved objects, asked of a real OpenSearch with data as a search: it returns what it shows.

But for datasets of files: their objects are made by the same code, and to load some would take a minute.
"""

from typing import Any

import pytest

from tests.contracts import SCHEMAS
from tests.dashboards import as_search, exported, fields_named, pattern_of
from tests.pipeline import Pipeline, produce
from tests.polling import wait_for
from tidegate.clients.opensearch import SearchClient
from tidegate.contracts.load import file_datasets

OF_FILES = {each.name for each in file_datasets(SCHEMAS)}
FILES = {name: objects for name, objects in exported().items() if name not in OF_FILES}
CHARTS = [each for objects in FILES.values() for each in objects if each["type"] == "visualization"]
SEARCHES = [each for objects in FILES.values() for each in objects if each["type"] == "search"]


@pytest.fixture(scope="module")
def search(pipeline: Pipeline) -> SearchClient:
    """OpenSearch with events of every dataset, and rows of every metric."""
    client = SearchClient(pipeline.settings)
    for dataset in ("clicks", "orders", "app_logs"):  # late ones too: a score needs some minutes before its own
        produce("--count", "2000", "--rate", "2000", "--seed", "71", "--late-ratio", "0.3", dataset=dataset)
    patterns = {pattern_of(each) for each in CHARTS}
    wait_for("documents behind every pattern", lambda: all(client.count(pattern) for pattern in patterns))
    return client


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: str(chart["id"]))
def test_the_chart_has_something_to_show(search: SearchClient, chart: dict[str, Any]) -> None:
    def value() -> bool:
        answer = search.search(f"{pattern_of(chart)}-*", as_search(chart))
        return answer["hits"]["total"]["value"] > 0 and deepest(answer.get("aggregations"))

    wait_for("a value", value, timeout_s=30)


@pytest.mark.parametrize("table", SEARCHES, ids=lambda table: str(table["id"]))
def test_the_table_finds_documents_with_its_columns(search: SearchClient, table: dict[str, Any]) -> None:
    fields = sorted(set(fields_named(table)))
    answer = search.search(
        f"{pattern_of(table)}-*", {"fields": fields, "_source": False, "size": 50, "query": {"match_all": {}}}
    )
    shown = {name for hit in answer["hits"]["hits"] for name in hit["fields"]}
    assert len(shown) > len(fields) / 2


def deepest(aggregations: dict[str, Any] | None) -> bool:
    """Whether one path of buckets goes down to the last one, and has a number there."""
    if not aggregations:
        return True
    split = [each["buckets"] for each in aggregations.values() if "buckets" in each]
    if not split:
        return any(each.get("value") is not None for each in aggregations.values())
    nested = [
        {name: value for name, value in bucket.items() if isinstance(value, dict)}
        for buckets in split
        for bucket in buckets
    ]
    return any(deepest(inner) for inner in nested)
