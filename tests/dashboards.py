"""Saved objects as tests read them: the fields they name, and their charts as searches."""

import json
from collections.abc import Iterator
from typing import Any

from tests.project import PROJECT

FOLDER = PROJECT / "opensearch" / "dashboards"
JsonObject = dict[str, Any]


def saved_objects(text: str) -> list[JsonObject]:
    return [json.loads(line) for line in text.splitlines()]


def exported() -> dict[str, list[JsonObject]]:
    """The committed files, by name."""
    return {path.stem: saved_objects(path.read_text()) for path in sorted(FOLDER.glob("*.ndjson"))}


def state_of(chart: JsonObject) -> JsonObject:
    state = json.loads(chart["attributes"]["visState"])
    assert isinstance(state, dict)
    return state


def fields_named(each: JsonObject) -> Iterator[str]:
    """Every field that an object names, wherever it does."""
    attributes = each["attributes"]
    if each["type"] == "index-pattern":
        yield attributes["timeFieldName"]
    if each["type"] == "visualization":
        yield from (found for agg in state_of(each)["aggs"] if (found := agg["params"].get("field")))
    if each["type"] == "search":
        yield from attributes["columns"]
        yield from (field for field, _ in attributes["sort"])
    source = json.loads(attributes.get("kibanaSavedObjectMeta", {}).get("searchSourceJSON", "{}"))
    assert not source.get("filter"), "a filter names fields too: read them here"
    assert not source.get("query", {}).get("query"), "a query names fields too: read them here"


def pattern_of(each: JsonObject) -> str:
    """The id of the index pattern that an object belongs to."""
    if each["type"] == "index-pattern":
        return str(each["id"])
    (reference,) = [found for found in each["references"] if found["type"] == "index-pattern"]
    return str(reference["id"])


def as_search(chart: JsonObject) -> JsonObject:
    """The search that OpenSearch Dashboards makes of a chart: its buckets in order, with its measure in each level."""
    aggs = state_of(chart)["aggs"]
    metric = next(agg for agg in aggs if agg["schema"] == "metric")
    measure: JsonObject = {}
    if metric["type"] != "count":
        measure = {metric["id"]: {metric["type"]: {"field": metric["params"]["field"]}}}
    inner = measure
    for agg in reversed([agg for agg in aggs if agg["schema"] != "metric"]):
        level = {agg["type"]: _parameters(agg, metric), **({"aggs": inner} if inner else {})}
        inner = {agg["id"]: level, **measure}
    return {"size": 0, "track_total_hits": True, **({"aggs": inner} if inner else {})}


def _parameters(agg: JsonObject, metric: JsonObject) -> JsonObject:
    params = agg["params"]
    if agg["type"] == "date_histogram":
        return {"field": params["field"], "fixed_interval": "1m", "min_doc_count": params["min_doc_count"]}
    order = "_count" if metric["type"] == "count" else params["orderBy"]
    return {"field": params["field"], "size": params["size"], "order": {order: params["order"]}}
