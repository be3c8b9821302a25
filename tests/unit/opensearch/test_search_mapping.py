"""Index templates follow from the contract."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.contracts import spoil
from tidegate.contracts.avro_types import read_type
from tidegate.contracts.load import load_dataset
from tidegate.contracts.search_index import differences, searchable, template_text, templates_of
from tidegate.contracts.search_mapping import KEYWORD_LIMIT, field_mapping, index_template
from tidegate.errors import ContractError
from tidegate.settings import Settings

ROOT = Path(__file__).parents[3]
SCHEMAS = ROOT / "schemas"
LUCENE_TERM_LIMIT_BYTES = 32_766


@pytest.mark.parametrize("dataset", searchable(SCHEMAS), ids=lambda dataset: dataset.name)
def test_the_exported_templates_are_current(dataset: Any) -> None:
    for name, template in templates_of(dataset, Settings()).items():
        arguments = name.removeprefix("events-").removeprefix("metrics-").replace("-", " ")
        command = f"run `tidegate index template {arguments} > opensearch/{name}.json`"
        assert (ROOT / "opensearch" / f"{name}.json").read_text() == template_text(template), command


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
    dataset = load_dataset(SCHEMAS, "clicks")
    assert dataset.silver is not None
    mappings = index_template(dataset)["template"]["mappings"]
    assert mappings["dynamic"] == "strict"
    assert list(mappings["properties"]) == [field["name"] for field in dataset.silver["fields"]]


def test_an_override_replaces_the_derived_mapping(tmp_path: Path) -> None:
    schemas = Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))
    spoil(schemas / "clicks/contract.yaml", "index:\n", "index:\n  overrides: {user_agent: {type: text}}\n")
    properties = index_template(load_dataset(schemas, "clicks"))["template"]["mappings"]["properties"]
    assert properties["user_agent"] == {"type": "text"}


def test_reference_data_has_no_template() -> None:
    with pytest.raises(ContractError, match="no search index"):
        index_template(load_dataset(SCHEMAS, "products"))


def test_a_template_as_opensearch_gives_it_back_is_no_difference() -> None:
    wanted = {"priority": 100, "template": {"settings": {"index": {"number_of_shards": 1}}}, "composed_of": []}
    found = {"priority": 100, "template": {"settings": {"index": {"number_of_shards": "1"}}, "mappings": {}}}
    assert list(differences(wanted, json.loads(json.dumps(found)))) == []


def test_differences_are_named_by_their_path() -> None:
    wanted = {"a": {"b": "1", "c": [1, 2]}, "d": 1}
    assert list(differences(wanted, {"a": {"b": "2", "c": [1]}, "e": 1})) == ["a.b", "a.c", "d", "e"]
