"""References that are not there, are looked up in vain, or bring a column that is there already."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contracts import SCHEMAS, edit, spoil
from tidegate.avro.types import AvroSchema
from tidegate.contracts.check_enrich import enrich_problems
from tidegate.contracts.load import load_drafts


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A copy of the contracts to spoil."""
    return Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("reference: products", "reference: goods", "there is no reference dataset goods"),
        ("reference: products", "reference: orders", "there is no reference dataset orders"),
        ('"on": product_id', '"on": user_id', "user_id has privacy hmac, and the reference is looked up by what that"),
        (
            "prefix: product_\n    columns: [name, category",
            "prefix: product_\n    columns: [name, name",
            "product_name is",
        ),
        ("prefix: product_\n    columns: [name", "prefix: ''\n    columns: [product_id", "product_id is there already"),
    ],
)
def test_a_fault_is_found(schemas: Path, old: str, new: str, found: str) -> None:
    spoil(schemas / "clicks/contract.yaml", old, new)
    drafts = {draft.name: draft for draft in load_drafts(schemas)}
    (problem,) = enrich_problems(drafts["clicks"], drafts)
    assert problem.problem.startswith(found)


def test_two_references_may_not_bring_one_column(schemas: Path) -> None:
    twice = "enrich:\n  - {reference: products, 'on': page_url, prefix: product_, columns: [category]}\n"
    spoil(schemas / "clicks/contract.yaml", "enrich:\n", twice)
    drafts = {draft.name: draft for draft in load_drafts(schemas)}
    (problem,) = enrich_problems(drafts["clicks"], drafts)
    assert (problem.place, problem.problem.split()[0]) == ("enrich.1.columns", "product_category")


@pytest.mark.parametrize(("on", "key", "said"), [
    ("long", "long", None),
    ("int", "int", None),
    ("string", "long", "product_id is string, product_id of products is long"),
    ("int", "long", "product_id is int, product_id of products is long"),
])  # fmt: skip
def test_a_reference_is_looked_up_by_a_key_of_its_own_type(schemas: Path, on: str, key: str, said: str | None) -> None:
    def as_type(kind: str) -> Callable[[AvroSchema], None]:
        def change(schema: AvroSchema) -> None:
            [field] = [each for each in schema["fields"] if each["name"] == "product_id"]
            field["type"] = kind if isinstance(field["type"], str) else ["null", kind]

        return change

    edit(schemas / "clicks/v1.avsc", as_type(on))
    edit(schemas / "products/v1.avsc", as_type(key))
    drafts = {draft.name: draft for draft in load_drafts(schemas)}

    assert [problem.problem for problem in enrich_problems(drafts["clicks"], drafts)] == ([said] if said else [])
