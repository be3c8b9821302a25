"""Index templates follow from the contract."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contracts import spoil
from tests.project import PROJECT
from tidegate.avro.types import read_type
from tidegate.contracts.load import load_stream
from tidegate.search.mapping import DOC_VALUES_ONLY, KEYWORD_LIMIT, field_mapping, index_template, mappings
from tidegate.search.templates import differences, searchable, template_text, templates_of
from tidegate.settings import Settings

SCHEMAS = PROJECT / "schemas"
LUCENE_TERM_LIMIT_BYTES = 32_766


@pytest.mark.parametrize("dataset", searchable(SCHEMAS), ids=lambda dataset: dataset.name)
def test_the_exported_templates_are_current(dataset: Any) -> None:
    for name, template in templates_of(dataset, Settings()).items():
        file = PROJECT / "opensearch" / f"{name}.json"
        kept = file.read_text() if file.exists() else None
        assert kept == template_text(template), f"{file.name} is not what the contract calls for: run `make export`"


def test_make_export_writes_every_file_that_is_kept(tmp_path: Path) -> None:
    """By the commands that it gives, which a stand-in for ``tidegate`` prints."""
    for name in ("Makefile", "schemas"):
        (tmp_path / name).symlink_to(PROJECT / name)
    (tmp_path / "opensearch" / "dashboards").mkdir(parents=True)
    (tmp_path / "opensearch" / "events-removed.json").touch()
    stand_in = tmp_path / "bin" / "tidegate"
    stand_in.parent.mkdir()
    stand_in.write_text('#!/bin/sh\necho "$@"\n')
    stand_in.chmod(0o755)
    command = ["make", "--silent", "--old-file=.venv/.installed", f"BIN={stand_in.parent}", "export"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    made = {str(path.relative_to(tmp_path)): path.read_text().strip() for path in _kept(tmp_path)}
    assert made.keys() == {str(path.relative_to(PROJECT)) for path in _kept(PROJECT)}
    assert made["opensearch/events-clicks.json"] == "index template clicks"
    assert made["opensearch/metrics-orders-sales.json"] == "index template orders sales"
    assert made["opensearch/dashboards/clicks.ndjson"] == "dashboards make clicks"
    assert made["opensearch/dashboards/metrics.ndjson"] == "dashboards make metrics"


@pytest.mark.parametrize(
    ("avro", "mapping"),
    [
        ("string", {"type": "keyword", "ignore_above": KEYWORD_LIMIT}),
        ("int", {"type": "integer"}),
        ("boolean", {"type": "boolean"}),
        ({"type": "array", "items": "long"}, {"type": "long"}),
        ({"type": "map", "values": "string"}, {"type": "flat_object"}),
        (
            ["null", {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}],
            {"type": "scaled_float", "scaling_factor": 100.0},
        ),
        ({"type": "bytes", "logicalType": "decimal", "precision": 38, "scale": 2}, {"type": "double"}),
        (
            {"type": "record", "name": "R", "fields": [{"name": "x", "type": "int"}]},
            {"dynamic": "strict", "properties": {"x": {"type": "integer"}}},
        ),
    ],
)
def test_each_type_has_its_mapping(avro: Any, mapping: dict[str, Any]) -> None:
    assert field_mapping(read_type(avro)) == mapping


def test_the_longest_keyword_fits_a_lucene_term_in_any_script() -> None:
    assert len(("\U0001f600" * KEYWORD_LIMIT).encode()) <= LUCENE_TERM_LIMIT_BYTES


def test_every_silver_field_is_mapped_and_no_other_is_let_in() -> None:
    dataset = load_stream(SCHEMAS, "clicks")
    mappings = index_template(dataset)["template"]["mappings"]
    assert mappings["dynamic"] == "strict"
    assert list(mappings["properties"]) == [field["name"] for field in dataset.silver["fields"]]


def test_no_field_but_a_coordinate_goes_without_an_index() -> None:
    properties = index_template(load_stream(SCHEMAS, "clicks"))["template"]["mappings"]["properties"]
    assert {name for name, field in properties.items() if field.get("index") is False} == DOC_VALUES_ONLY


def test_an_override_replaces_the_derived_mapping(tmp_path: Path) -> None:
    schemas = Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))
    spoil(schemas / "clicks/contract.yaml", "index:\n", "index:\n  overrides: {user_agent: {type: text}}\n")
    properties = index_template(load_stream(schemas, "clicks"))["template"]["mappings"]["properties"]
    assert properties["user_agent"] == {"type": "text"}


@pytest.mark.parametrize(
    "override",
    [
        {"type": "keyword"},
        {"type": "wildcard"},
        {"type": "text", "fields": {"raw": {"type": "keyword"}}},
        {"type": "object", "properties": {"x": {"type": "keyword"}}},
    ],
)
def test_a_keyword_of_the_contracts_own_refuses_no_long_text(override: dict[str, Any]) -> None:
    record = read_type({"type": "record", "name": "R", "fields": [{"name": "x", "type": "string"}]})
    found = json.dumps(mappings(record, {"x": override})["properties"]["x"])
    assert f'"ignore_above": {KEYWORD_LIMIT}' in found
    assert mappings(record, {"x": override | {"ignore_above": 9}})["properties"]["x"]["ignore_above"] == 9


@pytest.mark.parametrize(
    ("avro", "apart"),
    [
        ({"type": "map", "values": "string"}, True),
        (["null", {"type": "map", "values": "string"}], True),
        ({"type": "array", "items": {"type": "map", "values": "string"}}, True),
        ({"type": "record", "name": "R", "fields": [{"name": "m", "type": {"type": "map", "values": "int"}}]}, True),
        ({"type": "array", "items": "string"}, False),
        ("string", False),
    ],
)
def test_entries_of_a_map_that_are_too_long_have_a_place_where_nobody_looks(avro: Any, apart: bool) -> None:
    record = read_type({"type": "record", "name": "Doc", "fields": [{"name": "x", "type": avro}]})
    found = mappings(record, {})["properties"].get("_unindexed")
    assert found == ({"type": "object", "enabled": False} if apart else None)


def test_a_template_as_opensearch_gives_it_back_is_no_difference() -> None:
    wanted = {"priority": 100, "template": {"settings": {"index": {"number_of_shards": 1}}}, "composed_of": []}
    found = {"priority": 100, "template": {"settings": {"index": {"number_of_shards": "1"}}, "mappings": {}}}
    assert list(differences(wanted, json.loads(json.dumps(found)))) == []


def test_differences_are_named_by_their_path() -> None:
    wanted = {"a": {"b": "1", "c": [1, 2]}, "d": 1}
    assert list(differences(wanted, {"a": {"b": "2", "c": [1]}, "e": 1})) == ["a.b", "a.c", "d", "e"]


def _kept(project: Path) -> Iterator[Path]:
    """The files below ``opensearch/``."""
    return (path for path in (project / "opensearch").rglob("*") if path.is_file())
