"""The exported JSON Schema is the model's, and the contracts point to it."""

from pathlib import Path

import pytest

from tests.project import PROJECT
from tidegate.contracts.json_schema import FILE, contract_schema


def test_the_exported_schema_is_current() -> None:
    assert (PROJECT / FILE).read_text() == contract_schema(), f"run `tidegate contract schema > {FILE}`"


@pytest.mark.parametrize("path", sorted(PROJECT.glob("schemas/*/contract.yaml")), ids=lambda path: path.parent.name)
def test_each_contract_names_the_schema(path: Path) -> None:
    first = path.read_text().splitlines()[0]
    reference = first.removeprefix("# yaml-language-server: $schema=")
    assert (path.parent / reference).resolve() == PROJECT / FILE
