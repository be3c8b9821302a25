"""What is there is compared with what the contracts call for."""

from pathlib import Path

import pytest

from tests.contracts import SCHEMAS
from tests.project import PROJECT
from tidegate.contracts.dataset import Stream
from tidegate.errors import ContractError
from tidegate.search.templates import differences, searchable, template_text, templates_of
from tidegate.settings import Settings


def test_numbers_that_come_back_as_text_are_no_difference() -> None:
    assert list(differences({"shards": 2, "on": [1]}, {"shards": "2", "on": ["1"]})) == []


def test_what_is_empty_counts_as_absent() -> None:
    assert list(differences({"mappings": {"a": {}}}, {"mappings": {}, "aliases": []})) == []


def test_each_place_that_differs_is_named_by_its_path() -> None:
    wanted = {"mappings": {"a": {"type": "keyword"}, "b": {"type": "long"}}, "order": ["x"]}
    found = {"mappings": {"a": {"type": "text"}, "c": {"type": "long"}}, "order": ["y"]}

    assert list(differences(wanted, found)) == ["mappings.a.type", "mappings.b", "mappings.c", "order"]


def test_a_dataset_has_a_template_for_its_events_and_one_for_each_metric(clicks: Stream) -> None:
    names = list(templates_of(clicks, Settings()))

    assert names[0] == "events-clicks"
    assert {*names[1:]} == {f"metrics-clicks-{metric.name}" for metric in clicks.metrics}


def test_the_number_of_shards_and_replicas_is_the_clusters(clicks: Stream) -> None:
    settings = Settings.model_validate({"opensearch_shards": 5, "opensearch_replicas": 2})

    for template in templates_of(clicks, settings).values():
        index = template["template"]["settings"]["index"]
        assert (index["number_of_shards"], index["number_of_replicas"]) == ("5", "2")


def test_datasets_without_an_index_are_left_out_and_refused_if_named() -> None:
    assert [dataset.name for dataset in searchable(SCHEMAS)] == ["app_logs", "catalog", "clicks", "orders"]
    with pytest.raises(ContractError, match="products"):
        searchable(SCHEMAS, ["products"])


@pytest.mark.parametrize("file", sorted((PROJECT / "opensearch").glob("*.json")), ids=lambda file: file.stem)
def test_the_templates_that_are_kept_are_those_of_the_contracts(file: Path) -> None:
    made = {name: each for dataset in searchable(SCHEMAS) for name, each in templates_of(dataset, Settings()).items()}

    assert file.read_text() == template_text(made[file.stem]), "run `make export`"
