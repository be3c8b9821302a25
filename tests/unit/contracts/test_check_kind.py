"""What a dataset's kind leaves without an effect is refused where it is said."""

import shutil
from pathlib import Path

import pytest

from tests.contracts import SCHEMAS, spoil
from tidegate.contracts.check_kind import kind_problems
from tidegate.contracts.load import load_draft


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A copy of the contracts to spoil."""
    return Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))


@pytest.mark.parametrize("name", ["clicks", "orders", "app_logs", "products"])
def test_the_projects_own_contracts_say_nothing_in_vain(name: str) -> None:
    assert kind_problems(load_draft(SCHEMAS, name)) == []


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("index:\n  pattern: events-products-{updated_at|yyyy}", "index"),
        ("silver:\n  version: 2", "silver"),
        ("lake:\n  retention_days: 3", "lake"),
        ("dead_letters:\n  max_ratio: 0.5", "dead_letters"),
        ("dedup_ttl_hours: 2", "dedup_ttl_hours"),
        ("rules: [{name: a, field: name, check: 'TRUE', severity: warn, description: a}]", "rules"),
        ("privacy: [{field: name, method: hmac, purpose: a, retention_days: 1}]", "privacy"),
        ("enrich: [{reference: products, 'on': name, columns: [name]}]", "enrich"),
        ("explode: {field: name}", "explode"),
    ],
)
def test_reference_data_has_no_section_of_events(schemas: Path, said: str, place: str) -> None:
    with (schemas / "products/contract.yaml").open("a") as contract:
        contract.write(f"{said}\n")
    (problem,) = kind_problems(load_draft(schemas, "products"))
    assert (problem.file, problem.place) == ("products/contract.yaml", place)


def test_reference_data_has_no_retention_beside_compaction(schemas: Path) -> None:
    spoil(schemas / "products/contract.yaml", "compacted: true", "compacted: true\n  retention_hours: 24")
    (problem,) = kind_problems(load_draft(schemas, "products"))
    assert problem.place == "topic.retention_hours"


@pytest.mark.parametrize("file", ["silver.avsc", "refine.sql", "metrics"])
def test_reference_data_has_no_files_of_events(schemas: Path, file: str) -> None:
    source, target = schemas / "clicks" / file, schemas / "products" / file
    shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    (problem,) = kind_problems(load_draft(schemas, "products"))
    assert (problem.file, problem.problem) == (f"products/{file}", "reference data has no silver rows")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("retention_hours: 168", "retention_hours: 168\n  compacted: true", "topic.compacted"),
        (
            "retention_hours: 168",
            "retention_hours: 168\n  min_compaction_lag_hours: 1",
            "topic.min_compaction_lag_hours",
        ),
        ("dedup_ttl_hours: 1\n", "dedup_ttl_hours: 169\n", "dedup_ttl_hours"),
    ],
)
def test_a_stream_says_nothing_that_loses_its_events(schemas: Path, old: str, new: str, place: str) -> None:
    spoil(schemas / "clicks/contract.yaml", old, new)
    (problem,) = kind_problems(load_draft(schemas, "clicks"))
    assert problem.place == place
