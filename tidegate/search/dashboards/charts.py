"""Charts as OpenSearch Dashboards describes them: the aggregations, and how they are drawn."""

from collections.abc import Sequence
from typing import Any

JsonObject = dict[str, Any]
_SIZES = (8, 4, 3)
"""How many values of the first, second and each further field by which a chart is split."""


def count() -> JsonObject:
    """The number of documents."""
    return _aggregation(1, "count", "metric", {})


def aggregate(kind: str, field: str) -> JsonObject:
    """A number over a field: ``sum``, ``avg`` or ``cardinality``."""
    return _aggregation(1, kind, "metric", {"field": field})


def number(value: JsonObject) -> JsonObject:
    """One large number."""
    style = {"bgColor": False, "labelColor": False, "subText": "", "fontSize": 48}
    appearance = {
        "metricColorMode": "None",
        "useRanges": False,
        "percentageMode": False,
        "colorSchema": "Green to Red",
        "colorsRange": [{"from": 0, "to": 1000000}],
        "labels": {"show": True},
        "invertColors": False,
        "style": {**style, "bgFill": "#000"},
    }
    return {
        "type": "metric",
        "aggs": [value],
        "params": {"type": "metric", "addTooltip": True, "addLegend": False, "metric": appearance},
    }


def over_time(value: JsonObject, time_field: str, split_by: Sequence[str], label: str) -> JsonObject:
    """A line over time, one per combination of the fields in ``split_by``."""
    time_axis = {
        "field": time_field,
        "interval": "auto",
        "useNormalizedOpenSearchInterval": True,
        "drop_partials": False,
        "min_doc_count": 1,
        "extended_bounds": {},
    }
    groups = [_terms(3 + place, field, "group", _size(place)) for place, field in enumerate(split_by)]
    aggs = [value, _aggregation(2, "date_histogram", "segment", time_axis), *groups]
    return {"type": "line", "aggs": aggs, "params": _axes("line", label)}


def top(value: JsonObject, field: str, label: str) -> JsonObject:
    """Bars of the values of a field that have most."""
    aggs = [value, _terms(2, field, "segment", 10)]
    return {"type": "horizontal_bar", "aggs": aggs, "params": _axes("histogram", label, horizontal=True)}


def _size(place: int) -> int:
    return _SIZES[min(place, len(_SIZES) - 1)]


def _terms(number: int, field: str, schema: str, size: int) -> JsonObject:
    order = {"orderBy": "1", "order": "desc", "size": size}
    others = {
        "otherBucket": False,
        "otherBucketLabel": "Other",
        "missingBucket": False,
        "missingBucketLabel": "Missing",
    }
    return _aggregation(number, "terms", schema, {"field": field, **order, **others})


def _aggregation(number: int, kind: str, schema: str, params: JsonObject) -> JsonObject:
    return {"id": str(number), "enabled": True, "type": kind, "schema": schema, "params": params}


def _axes(kind: str, label: str, *, horizontal: bool = False) -> JsonObject:
    labels = {"show": True, "filter": True, "truncate": 100}
    category = {
        "id": "CategoryAxis-1",
        "type": "category",
        "position": "left" if horizontal else "bottom",
        "show": True,
        "style": {},
        "scale": {"type": "linear"},
        "labels": labels,
        "title": {},
    }
    value = {
        "id": "ValueAxis-1",
        "name": "BottomAxis-1" if horizontal else "LeftAxis-1",
        "type": "value",
        "position": "bottom" if horizontal else "left",
        "show": True,
        "style": {},
        "scale": {"type": "linear", "mode": "normal"},
        "labels": {**labels, "rotate": 0},
        "title": {"text": label},
    }
    series = {
        "show": True,
        "type": kind,
        "mode": "normal",
        "data": {"label": label, "id": "1"},
        "valueAxis": "ValueAxis-1",
        "drawLinesBetweenPoints": True,
        "lineWidth": 2,
        "interpolate": "linear",
        "showCircles": True,
    }
    return {
        "type": kind,
        "grid": {"categoryLines": False},
        "categoryAxes": [category],
        "valueAxes": [value],
        "seriesParams": [series],
        "addTooltip": True,
        "addLegend": True,
        "legendPosition": "right",
        "times": [],
        "addTimeMarker": False,
        "labels": {},
        "thresholdLine": {"show": False, "value": 10, "width": 1, "style": "full", "color": "#E7664C"},
    }
