"""Saved objects of OpenSearch Dashboards as values, in the form its import takes (NDJSON, one object a line).

The formats are those that OpenSearch Dashboards 2 and 3 migrate from: the versions are in each object.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

JsonObject = dict[str, Any]
_NO_QUERY = {"query": {"query": "", "language": "kuery"}, "filter": []}
_INDEX = "kibanaSavedObjectMeta.searchSourceJSON.index"
_WIDTH, _HEIGHT, _COLUMNS = 24, 14, 2


def ndjson(objects: Iterable[JsonObject]) -> str:
    """One object a line, keys sorted, so that a change shows as one line."""
    return "".join(json.dumps(each, sort_keys=True, ensure_ascii=False) + "\n" for each in objects)


def index_pattern(object_id: str, title: str, time_field: str) -> JsonObject:
    """The indices that match ``title``; their fields are read from the index itself."""
    return _object("index-pattern", object_id, {"title": title, "timeFieldName": time_field}, [], "7.6.0")


def visualization(object_id: str, title: str, state: JsonObject, pattern_id: str) -> JsonObject:
    """A chart; ``state`` has its type, aggregations and appearance."""
    attributes = {
        "title": title,
        "description": "",
        "version": 1,
        "uiStateJSON": "{}",
        "visState": _text({"title": title, **state}),
        "kibanaSavedObjectMeta": {"searchSourceJSON": _text({**_NO_QUERY, "indexRefName": _INDEX})},
    }
    return _object("visualization", object_id, attributes, [_reference(_INDEX, "index-pattern", pattern_id)], "7.10.0")


def saved_search(object_id: str, title: str, columns: Sequence[str], time_field: str, pattern_id: str) -> JsonObject:
    """The newest documents as a table."""
    attributes = {
        "title": title,
        "description": "",
        "version": 1,
        "hits": 0,
        "columns": [*columns],
        "sort": [[time_field, "desc"]],
        "kibanaSavedObjectMeta": {"searchSourceJSON": _text({**_NO_QUERY, "version": True, "indexRefName": _INDEX})},
    }
    return _object("search", object_id, attributes, [_reference(_INDEX, "index-pattern", pattern_id)], "7.9.3")


def dashboard(object_id: str, title: str, description: str, panels: Sequence[JsonObject]) -> JsonObject:
    """The objects two in a row, over the last hour."""
    places = [
        {
            "version": "3.0.0",
            "panelIndex": str(number),
            "gridData": {
                "x": _WIDTH * (number % _COLUMNS),
                "y": _HEIGHT * (number // _COLUMNS),
                "w": _WIDTH,
                "h": _HEIGHT,
                "i": str(number),
            },
            "embeddableConfig": {},
            "panelRefName": f"panel_{number}",
        }
        for number in range(len(panels))
    ]
    attributes = {
        "title": title,
        "description": description,
        "version": 1,
        "hits": 0,
        "timeRestore": True,
        "timeFrom": "now-1h",
        "timeTo": "now",
        "optionsJSON": _text({"hidePanelTitles": False, "useMargins": True}),
        "panelsJSON": _text(places),
        "kibanaSavedObjectMeta": {"searchSourceJSON": _text(_NO_QUERY)},
    }
    references = [_reference(f"panel_{number}", panel["type"], panel["id"]) for number, panel in enumerate(panels)]
    return _object("dashboard", object_id, attributes, references, "7.9.3")


def _object(
    kind: str, object_id: str, attributes: JsonObject, references: list[JsonObject], version: str
) -> JsonObject:
    return {
        "type": kind,
        "id": object_id,
        "attributes": attributes,
        "references": references,
        "migrationVersion": {kind: version},
    }


def _reference(name: str, kind: str, object_id: str) -> JsonObject:
    return {"name": name, "type": kind, "id": object_id}


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
