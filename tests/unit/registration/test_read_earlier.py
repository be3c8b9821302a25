"""A dataset as it was: at a commit of git, and in a registry."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest

from tests.contracts import JSON_SCHEMAS, SCHEMAS, spoil
from tests.unit.contracts.git import commit
from tidegate.avro.types import AvroSchema
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.load import load_reference, load_stream
from tidegate.errors import ContractError
from tidegate.registration.read_earlier import from_git, from_registry
from tidegate.registration.register import plan_subjects


class Registry:
    """What a registry holds, by subject."""

    def __init__(self, held: Mapping[str, list[AvroSchema]]) -> None:
        self._held = held

    def versions(self, subject: str) -> list[int]:
        return list(range(1, len(self._held.get(subject, [])) + 1))

    def version(self, subject: str, version: int) -> AvroSchema:
        return self._held[subject][version - 1]


@pytest.fixture
def schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the contracts, outside any git repository."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    return Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))


def test_git_has_every_part_of_a_commit(schemas: Path) -> None:
    commit(schemas.parent)
    dataset = load_stream(schemas, "clicks")
    shutil.rmtree(schemas / "clicks/metrics")
    spoil(schemas / "clicks/contract.yaml", "identity: [event_id]", "identity: [session_id]")
    then = from_git("HEAD", load_stream(schemas, "clicks"))
    assert (then.where, list(then.raw), list(then.silver)) == ("git HEAD", [dataset.latest], [dataset.silver])
    assert then.metrics == {metric.name: [metric.schema] for metric in dataset.metrics}
    assert then.contract == dataset.contract


def test_a_dataset_that_git_does_not_have_yet_has_nothing(schemas: Path) -> None:
    commit(schemas.parent)
    shutil.copytree(schemas / "products", schemas / "goods")
    spoil(schemas / "goods/contract.yaml", "dataset: products", "dataset: goods")
    then = from_git("HEAD", load_reference(schemas, "goods"))
    assert (then.raw, then.silver, then.metrics, then.contract, then.has_contracts) == ([], [], {}, None, True)


def test_a_commit_that_is_not_there_is_told(schemas: Path) -> None:
    commit(schemas.parent)
    with pytest.raises(ContractError, match=r"git says: .*nowhere.*Name a commit"):
        from_git("nowhere", load_stream(schemas, "clicks"))


def test_a_folder_outside_git_is_told_to_use_the_registry(schemas: Path) -> None:
    with pytest.raises(ContractError) as caught:
        from_git("HEAD", load_stream(schemas, "clicks"))
    assert caught.value.problem == f"the contract folder {schemas} is not in git."
    assert caught.value.remedy == "Use --against registry."


def test_a_file_that_was_broken_then_is_named(schemas: Path) -> None:
    spoil(schemas / "clicks/contract.yaml", "owner:", "owners:")
    commit(schemas.parent)
    spoil(schemas / "clicks/contract.yaml", "owners:", "owner:")
    with pytest.raises(ContractError, match=r"^git HEAD: clicks/contract\.yaml: owner.*Compare with another commit"):
        from_git("HEAD", load_stream(schemas, "clicks"))


def test_a_commit_may_have_fields_that_are_gone(schemas: Path) -> None:
    contract = load_stream(schemas, "clicks").contract
    spoil(schemas / "clicks/contract.yaml", "lake:\n", "lake:\n  partition_by: day\n")
    commit(schemas.parent)
    spoil(schemas / "clicks/contract.yaml", "  partition_by: day\n", "")
    assert from_git("HEAD", load_stream(schemas, "clicks")).contract == contract


def test_the_registry_is_asked_for_the_subjects_that_are_registered() -> None:
    dataset = load_stream(SCHEMAS, "clicks")
    held = {plan.subject: plan.schemas for plan in plan_subjects(dataset, SCHEMAS)}
    then = from_registry(cast(RegistryClient, Registry(json.loads(json.dumps(held)))), dataset)
    assert (then.raw, then.silver) == ([dataset.latest], [dataset.silver])
    assert then.metrics == {metric.name: [metric.schema] for metric in dataset.metrics}
    assert (then.contract, then.has_contracts) == (None, False)


def test_the_schema_that_producers_have_of_their_json_is_not_looked_at() -> None:
    meters = load_stream(JSON_SCHEMAS, "meters")
    held = {"raw.meters-value": [{"type": "object"}], "silver.meters-value": [meters.silver]}

    earlier = from_registry(cast(RegistryClient, Registry(held)), meters)

    assert (earlier.raw, earlier.silver) == ([], [meters.silver])


def test_a_later_version_of_silver_is_held_against_the_one_before_until_it_has_schemas_of_its_own() -> None:
    third = load_stream(SCHEMAS, "clicks").of_silver_version(3)
    older = {**third.silver, "fields": third.silver["fields"][:-1]}
    held = {"silver.clicks-value": [older]}

    assert from_registry(cast(RegistryClient, Registry(held)), third).silver == [older]
    held["silver.clicks.v3-value"] = [third.silver]
    assert from_registry(cast(RegistryClient, Registry(held)), third).silver == [third.silver]
