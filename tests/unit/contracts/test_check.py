"""Every kind of fault that a contract can have is found, alone, with its file, place and remedy."""

import json
import shutil
from pathlib import Path

import pytest

from tests.contracts import SCHEMAS, spoil
from tidegate.contracts.check import check_datasets
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import dataset_names, load_datasets
from tidegate.errors import ContractError

CLICKS = "clicks/contract.yaml"
ORDERS = "orders/contract.yaml"
ENUM = '{"type": "enum", "name": "Kind", "symbols": ["A"]}'

SAME_NAME = '{"type": "record", "name": "Click", "fields": [{"name": "x", "type": "int"}]}'


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A copy of the contracts to spoil."""
    return Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))


def test_the_projects_own_contracts_hold() -> None:
    checked = check_datasets(SCHEMAS)
    assert checked.problems == []
    assert [dataset.name for dataset in checked.sound] == dataset_names(SCHEMAS)
    assert checked.sound_refined == [d.name for d in load_datasets(SCHEMAS) if isinstance(d, Stream)]


@pytest.mark.parametrize(
    ("file", "old", "new", "found"),
    [
        (CLICKS, "owner: web-analytics", "owners: web-analytics", "Extra inputs"),
        (CLICKS, "name: no_heartbeats", "name: country_is_iso_code", "named twice"),
        (CLICKS, "name: no_heartbeats", "name: event_time_in_range", "event_time_in_range"),
        (CLICKS, "dataset: clicks", "dataset: [", "not YAML"),
        ("clicks/v1.avsc", '["null", "int"]', ENUM, "its default null is not spelled as string is"),
        ("clicks/v1.avsc", '["null", "int"]', '["null", "int", "long"]', "union"),
        ("clicks/v1.avsc", '["null", "int"]', '["int", "null"]', "default is of its first type"),
        ("clicks/v1.avsc", '"name": "country"', '"name": "currency"', "named twice"),
        ("clicks/v1.avsc", '"name": "country"', '"name": "the country"', "the field name 'the country'"),
        ("clicks/v1.avsc", '"name": "Click"', '"name": "1Click"', "the record name '1Click'"),
        ("clicks/v1.avsc", '["null", "int"], "default": null', SAME_NAME, "a second type named tidegate.clicks.Click"),
        ("clicks/v1.avsc", '"type": "record"', '"type": "record",,', "Expecting property name"),
        ("clicks/examples/valid.jsonl", '"country": "DE"', '"land": "DE"', "no such field"),
        ("clicks/examples/valid.jsonl", '"event_type": "view"', '"event_type": null', "may not be null"),
        ("clicks/examples/valid.jsonl", '"country_is_iso_code"', '"country_is_known"', "no rule country_is_known"),
        ("clicks/examples/valid.jsonl", '"verdict": "silver"', '"verdict": "gold"', "verdict"),
        (
            "clicks/examples/invalid.jsonl",
            '"verdict": "dead_letter"',
            '"verdict": "dead_letter"}',
            "Extra data at character",
        ),
        ("products/examples/valid.jsonl", '"verdict": "reference"', '"verdict": "silver"', "never becomes silver"),
    ],
)
def test_a_fault_is_found(schemas: Path, file: str, old: str, new: str, found: str) -> None:
    spoil(schemas / file, old, new)
    problems = check_datasets(schemas).problems
    assert problems, "nothing was found"
    assert any(found in problem.problem for problem in problems), [str(problem) for problem in problems]
    assert all(problem.file.partition("/")[0] in ("clicks", "orders", "products") for problem in problems)
    assert all(problem.remedy and "\n" not in str(problem) for problem in problems)


@pytest.mark.parametrize("file", ["silver.avsc", "refine.sql", "v1.avsc", "examples/invalid.jsonl"])
def test_a_missing_file_is_found(schemas: Path, file: str) -> None:
    (schemas / "clicks" / file).unlink()
    assert any("missing" in p.problem or "no v1.avsc" in p.problem for p in check_datasets(schemas).problems)


def test_an_incompatible_version_is_found(schemas: Path) -> None:
    schema = json.loads((schemas / "clicks" / "v1.avsc").read_text())
    schema["fields"].append({"name": "consent", "type": "boolean"})
    (schemas / "clicks" / "v2.avsc").write_text(json.dumps(schema))
    (problem,) = [p for p in check_datasets(schemas).problems if "BACKWARD" in p.problem]
    assert (problem.file, problem.place) == ("clicks/v2.avsc", "v2 reading v1")
    assert "consent" in problem.problem


def test_a_faulty_stream_is_not_compiled(schemas: Path) -> None:
    others = [d.name for d in load_datasets(SCHEMAS) if isinstance(d, Stream) and d.name != "clicks"]
    spoil(schemas / CLICKS, "key: session_id", "key: session")
    checked = check_datasets(schemas)
    assert checked.sound_refined == others
    assert checked.unsound == ["clicks"]


def test_only_the_named_datasets_are_checked(schemas: Path) -> None:
    spoil(schemas / CLICKS, "dataset: clicks", "dataset: [")
    assert check_datasets(schemas, ["products"]).problems == []


def test_an_unknown_dataset_is_an_error(schemas: Path) -> None:
    with pytest.raises(ContractError, match=f"Known: {', '.join(dataset_names(schemas))}"):
        check_datasets(schemas, ["nope"])
