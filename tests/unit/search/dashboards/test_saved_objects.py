"""Saved objects refer to each other by id only, and their text is the same on every machine."""

import json

from tidegate.search.dashboards.saved_objects import dashboard, index_pattern, ndjson, saved_search, visualization

PANELS = [
    visualization("chart-1", "events", {"type": "metric"}, "events-clicks"),
    saved_search("newest", "clicks: newest", ["event_id"], "event_time", "events-clicks"),
    visualization("chart-2", "events by country", {"type": "pie"}, "events-clicks"),
]


def test_objects_are_one_a_line_with_sorted_keys() -> None:
    pattern = index_pattern("events-clicks", "events-clicks-*", "event_time")
    (first, second) = ndjson([pattern, PANELS[0]]).splitlines()

    assert (json.loads(first), json.loads(second)) == (pattern, PANELS[0])
    assert list(json.loads(first)) == sorted(pattern)


def test_charts_and_searches_refer_to_their_index_pattern() -> None:
    for panel in PANELS:
        (reference,) = panel["references"]
        source = json.loads(panel["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])

        assert (reference["type"], reference["id"]) == ("index-pattern", "events-clicks")
        assert source["indexRefName"] == reference["name"]


def test_a_dashboard_has_a_place_and_a_reference_for_each_panel() -> None:
    made = dashboard("clicks", "Clicks", "", PANELS)
    places = json.loads(made["attributes"]["panelsJSON"])

    assert [(each["type"], each["id"]) for each in made["references"]] == [
        (each["type"], each["id"]) for each in PANELS
    ]
    assert [place["panelRefName"] for place in places] == [each["name"] for each in made["references"]]


def test_panels_lie_two_in_a_row_and_none_on_another() -> None:
    places = json.loads(dashboard("clicks", "Clicks", "", PANELS)["attributes"]["panelsJSON"])
    corners = [(place["gridData"]["x"], place["gridData"]["y"]) for place in places]
    width, height = places[0]["gridData"]["w"], places[0]["gridData"]["h"]

    assert corners == [(0, 0), (width, 0), (0, height)]
