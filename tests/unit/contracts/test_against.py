"""A dataset's schemas against those that others may use already."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.contracts import SCHEMAS, spoil
from tidegate.contracts.against import Earlier, against_problems, changes, from_git
from tidegate.contracts.load import load_dataset
from tidegate.errors import ContractError

PAGE_URL = '"name": "page_url", "type": "string"'


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """The contracts in a git repository, as they were at its first commit."""
    folder = Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))
    for arguments in (
        ["init", "--quiet"],
        ["add", "."],
        ["-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--quiet", "-m", "first"],
    ):
        subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True)
    return folder


def problems(schemas: Path) -> list[str]:
    dataset = load_dataset(schemas, "clicks")
    return [str(problem) for problem in against_problems(dataset, from_git("HEAD", dataset))]


def add_version(schemas: Path, field: dict[str, object]) -> None:
    schema = json.loads((schemas / "clicks/v1.avsc").read_text())
    schema["fields"].append(field)
    (schemas / "clicks/v2.avsc").write_text(json.dumps(schema))


def test_what_did_not_change_is_no_problem(schemas: Path) -> None:
    assert problems(schemas) == []


def test_a_new_version_with_a_default_is_no_problem(schemas: Path) -> None:
    add_version(schemas, {"name": "device", "type": ["null", "string"], "default": None})
    assert problems(schemas) == []


def test_words_for_people_may_change(schemas: Path) -> None:
    spoil(schemas / "clicks/v1.avsc", "path and query of the page", "the page")
    assert problems(schemas) == []


def test_a_version_that_others_may_use_must_not_change(schemas: Path) -> None:
    spoil(schemas / "clicks/v1.avsc", PAGE_URL, PAGE_URL.replace("string", "bytes"))
    (problem,) = problems(schemas)
    assert problem.startswith("clicks/v1.avsc: against git HEAD: version 1 was event_id, event_time")
    assert "put the change into v2.avsc" in problem


def test_a_new_version_that_cannot_read_the_old_one_is_found(schemas: Path) -> None:
    add_version(schemas, {"name": "device", "type": "string"})
    (problem,) = problems(schemas)
    assert "breaks BACKWARD_TRANSITIVE: device is not written and has no default" in problem


def test_silver_keeps_its_promise_too(schemas: Path) -> None:
    spoil(schemas / "clicks/silver.avsc", PAGE_URL, PAGE_URL.replace("string", "long"))
    (problem,) = problems(schemas)
    assert problem.startswith("clicks/silver.avsc: against git HEAD: breaks BACKWARD_TRANSITIVE: page_url")


def test_a_new_dataset_has_nothing_to_be_held_against() -> None:
    dataset = load_dataset(SCHEMAS, "clicks")
    assert against_problems(dataset, Earlier("the registry", [], [])) == []


def test_a_commit_that_is_not_there_is_told(schemas: Path) -> None:
    with pytest.raises(ContractError, match=r"git says: .*nowhere.*Name a commit"):
        from_git("nowhere", load_dataset(schemas, "clicks"))


def test_changes_are_told_field_by_field() -> None:
    def record(*fields: dict[str, object]) -> dict[str, object]:
        return {"type": "record", "name": "R", "fields": list(fields)}

    old = record({"name": "a", "type": "int"}, {"name": "b", "type": "string"}, {"name": "c", "type": "int"})
    new = record(
        {"name": "a", "type": "long"},
        {"name": "c", "type": "int"},
        {"name": "d", "type": ["null", "string"], "default": None},
    )
    assert changes(old, new) == [
        "+ d STRING default null",
        "- b STRING not null",
        "~ a INT not null -> BIGINT not null",
    ]
