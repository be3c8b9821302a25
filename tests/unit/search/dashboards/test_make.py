"""Dashboards follow from the contracts and name nothing that the index does not have."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.contracts import copy_of_clicks, spoil
from tests.dashboards import as_search, exported, fields_named, pattern_of, saved_objects
from tests.project import PROJECT
from tidegate.cli.dashboards import command
from tidegate.contracts.load import load_stream
from tidegate.search.dashboards.make import aggregation, dimensions, event_dashboard, measures, metric_dashboard
from tidegate.search.dashboards.saved_objects import ndjson
from tidegate.search.templates import searchable, templates_of
from tidegate.settings import Settings

SCHEMAS = PROJECT / "schemas"
FILES = exported()
OBJECTS = [each for objects in FILES.values() for each in objects]
PROPERTIES: dict[str, dict[str, Any]] = {
    name: template["template"]["mappings"]["properties"]
    for dataset in searchable(SCHEMAS)
    for name, template in templates_of(dataset, Settings()).items()
}


def test_there_is_a_file_per_dataset_and_one_for_the_metrics() -> None:
    wanted = {"metrics", *(dataset.name for dataset in searchable(SCHEMAS))}
    assert FILES.keys() == wanted, "opensearch/dashboards/ is not what the contracts call for: run `make export`"


@pytest.mark.parametrize("name", FILES)
def test_the_exported_files_are_current(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    printed = CliRunner().invoke(command, ["make", name], catch_exceptions=False).output
    assert FILES[name] == saved_objects(printed), f"{name}.ndjson is not what the contracts call for: run `make export`"


@pytest.mark.parametrize("each", [each for each in OBJECTS if each["type"] != "dashboard"], ids=lambda each: each["id"])
def test_every_field_that_is_named_is_in_the_mapping(each: dict[str, Any]) -> None:
    named = set(fields_named(each))
    assert named or each["type"] == "visualization"
    assert named <= PROPERTIES[pattern_of(each)].keys()


def test_a_wrong_field_would_be_found() -> None:
    chart = next(each for each in OBJECTS if each["id"] == "events-clicks-events-by-country")
    state = json.loads(chart["attributes"]["visState"])
    state["aggs"][1]["params"]["field"] = "county"
    spoiled = {**chart, "attributes": {**chart["attributes"], "visState": json.dumps(state)}}
    assert set(fields_named(spoiled)) - PROPERTIES["events-clicks"].keys() == {"county"}


def test_ids_are_unique_over_all_files() -> None:
    assert [name for name, count in Counter((each["type"], each["id"]) for each in OBJECTS).items() if count > 1] == []


@pytest.mark.parametrize("name", FILES)
def test_every_reference_leads_to_an_object_of_the_same_file(name: str) -> None:
    known = {(each["type"], each["id"]) for each in FILES[name]}
    wanted = [(found["type"], found["id"]) for each in FILES[name] for found in each["references"]]
    assert wanted
    assert set(wanted) <= known


@pytest.mark.parametrize("name", FILES)
def test_the_dashboard_shows_every_chart_in_a_place_of_its_own(name: str) -> None:
    (dashboard,) = (each for each in FILES[name] if each["type"] == "dashboard")
    panels = json.loads(dashboard["attributes"]["panelsJSON"])
    shown = {found["name"]: found["id"] for found in dashboard["references"]}
    assert {panel["panelRefName"] for panel in panels} == shown.keys()
    assert set(shown.values()) == {each["id"] for each in FILES[name] if each["type"] in ("visualization", "search")}
    assert len({(panel["gridData"]["x"], panel["gridData"]["y"]) for panel in panels}) == len(panels)


def test_events_are_split_by_what_rules_list_and_metrics_go_by() -> None:
    clicks, orders = (load_stream(SCHEMAS, name) for name in ("clicks", "orders"))
    assert dimensions(clicks, PROPERTIES["events-clicks"]) == ["event_type", "country", "device_family"]
    assert dimensions(orders, PROPERTIES["events-orders"]) == ["status", "category", "country", "currency"]
    assert measures(clicks, PROPERTIES["events-clicks"]) == ["amount", "quantity"]


def test_personal_fields_split_nothing() -> None:
    for dataset in searchable(SCHEMAS):
        personal = {privacy.field for privacy in dataset.contract.privacy}
        assert not personal & set(dimensions(dataset, PROPERTIES[f"events-{dataset.name}"]))


def test_a_new_dataset_gets_a_dashboard_from_its_contract_alone(tmp_path: Path) -> None:
    folder = copy_of_clicks(tmp_path, "visits")
    contract = folder / "contract.yaml"
    contract.write_text(contract.read_text().replace("event_type IN (", "event_type SIMILAR TO ("))
    objects = event_dashboard(load_stream(tmp_path, "visits"))
    assert {each["type"] for each in objects} == {"index-pattern", "visualization", "search", "dashboard"}
    assert {pattern_of(each) for each in objects if each["type"] != "dashboard"} == {"events-visits"}
    assert any("by-" in each["id"] for each in objects), "split by its first keyword fields"


def test_each_metric_has_a_chart_per_measure_split_by_its_whole_key() -> None:
    objects = {each["id"]: each for each in metric_dashboard(searchable(SCHEMAS))}
    search = as_search(objects["metrics-orders-sales-units-over-time"])
    fields = []
    level = search["aggs"]
    while level:
        inner: dict[str, Any] = {}
        for agg in level.values():
            kind = next(name for name in agg if name != "aggs")
            if (kind, agg[kind]["field"]) not in fields:
                fields.append((kind, agg[kind]["field"]))
            inner = agg.get("aggs", inner)
        level = inner
    split = [("date_histogram", "minute"), ("terms", "category"), ("terms", "country"), ("terms", "currency")]
    assert [found for found in fields if found[0] != "sum"] == split
    assert ("sum", "units") in fields


def test_ndjson_is_one_object_a_line() -> None:
    assert ndjson([{"b": "ä\n", "a": 1}, {}]) == '{"a": 1, "b": "ä\\n"}\n{}\n'


@pytest.mark.parametrize(
    "name",
    [
        "badge",
        "badge_number",
        "badgeNumber",
        "alarm_code",
        "alarmCode",
        "zip",
        "port",
        "year_",
        "error_id",
        "HTTPStatus",
    ],
)
def test_a_number_that_names_or_classifies_something_is_never_added_up(name: str) -> None:
    dataset = load_stream(SCHEMAS, "clicks")
    assert measures(dataset, {name: {"type": "long"}}) == []


@pytest.mark.parametrize("name", ["id", "device_id", "sensorId", "error_code"])
def test_a_decimal_may_name_something_too(name: str) -> None:
    assert measures(load_stream(SCHEMAS, "clicks"), {name: {"type": "scaled_float"}}) == []


@pytest.mark.parametrize(
    "name", ["quantity", "line_count", "totalCents", "duration_ms", "number_of_seats", "response_bytes"]
)
def test_a_whole_number_that_says_how_much_is_a_measure(name: str) -> None:
    assert measures(load_stream(SCHEMAS, "clicks"), {name: {"type": "integer"}}) == [name]


def test_a_number_whose_values_a_rule_lists_is_none(tmp_path: Path) -> None:
    folder = copy_of_clicks(tmp_path, "probe")
    spoil(folder / "contract.yaml", "check: quantity BETWEEN 1 AND 1000", "check: quantity IN (1, 2, 6, 12)")
    dataset = load_stream(tmp_path, "probe")
    properties = {"quantity": {"type": "integer"}, "celsius": {"type": "double"}}
    assert measures(dataset, properties) == ["celsius"]


@pytest.mark.parametrize("name", ["shift_codes", "alarm_code_2", "serial", "batchNumbers", "kafka_offset"])
@pytest.mark.parametrize("kind", ["long", "scaled_float", "double"])
def test_no_kind_of_number_is_a_measure_that_is_named_as_something(name: str, kind: str) -> None:
    assert measures(load_stream(SCHEMAS, "clicks"), {name: {"type": kind}}) == []


def test_what_others_are_found_by_is_no_measure() -> None:
    clicks = load_stream(SCHEMAS, "clicks")
    (joined,) = (enrich.on for enrich in clicks.contract.enrich)
    assert measures(clicks, {joined: {"type": "scaled_float"}, "celsius": {"type": "double"}}) == ["celsius"]


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("line_total", "scaled_float", "sum"),
        ("kWh", "scaled_float", "avg"),
        ("celsius", "scaled_float", "avg"),
        ("unitPrice", "scaled_float", "avg"),
        ("average_basket", "scaled_float", "avg"),
        ("units", "long", "sum"),
        ("errorRate", "long", "avg"),
        ("p95_ms", "long", "avg"),
        ("response_bytes", "long", "sum"),
        ("battery", "double", "avg"),
    ],
)
def test_only_counts_and_amounts_are_added_up(name: str, kind: str, expected: str) -> None:
    assert aggregation(name, {name: {"type": kind}}) == expected


def test_a_personal_path_within_the_record_splits_nothing_under_its_columns_name() -> None:
    clicks = load_stream(SCHEMAS, "clicks")
    personal = clicks.contract.privacy[0].model_copy(update={"field": "operator.fullName"})
    dataset = replace(
        clicks, contract=clicks.contract.model_copy(update={"privacy": [personal], "rules": []}), metrics=()
    )
    properties = {"operator_fullName": {"type": "keyword"}, "hall": {"type": "keyword"}}
    assert dimensions(dataset, properties) == ["hall"]
