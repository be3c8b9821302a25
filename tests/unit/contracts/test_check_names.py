"""Names that cannot be columns everywhere are refused by name, with what to do."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.contracts import SCHEMAS, copy_of_clicks, edit
from tests.project import PROJECT
from tidegate.avro.types import AvroSchema
from tidegate.contracts.check_names import name_problems
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_draft
from tidegate.contracts.problem import Problem

OPTIONAL = {"type": ["null", "string"], "default": None}
NESTED = {"type": "record", "name": "Who", "fields": [{"name": "userid", **OPTIONAL}, {"name": "userId", **OPTIONAL}]}


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A copy of the contracts to spoil."""
    return Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))


def problems(schemas: Path, file: str, *fields: dict[str, Any]) -> list[Problem]:
    def more(schema: AvroSchema) -> None:
        schema["fields"] += fields

    edit(schemas / "clicks" / file, more)
    return name_problems(load_draft(schemas, "clicks"))


@pytest.mark.parametrize("file", ["v1.avsc", "silver.avsc", "metrics/page_views.avsc"])
@pytest.mark.parametrize("name", ["_key", "_headers", "_id", "_occurrence", "_as_of", "__proto__"])
def test_a_name_of_tidegates_own_columns_is_refused(schemas: Path, file: str, name: str) -> None:
    (problem,) = problems(schemas, file, {"name": name, **OPTIONAL})
    assert (problem.file, problem.place) == (f"clicks/{file}", f"fields.{name}")
    assert f"{name} begins with _" in problem.problem
    assert name.strip("_") in problem.remedy


@pytest.mark.parametrize("name", ["year", "month", "day", "Year", "DAY"])
def test_a_partition_of_the_lake_is_refused_where_the_lake_has_the_column(schemas: Path, name: str) -> None:
    (problem,) = problems(schemas, "silver.avsc", {"name": name, **OPTIONAL})
    assert (problem.file, problem.place) == ("clicks/silver.avsc", f"fields.{name}")
    assert f"`{name}` as `{name}_`" in problem.remedy


@pytest.mark.parametrize("file", ["v1.avsc", "metrics/page_views.avsc"])
def test_elsewhere_a_year_is_a_name_like_any_other(schemas: Path, file: str) -> None:
    assert problems(schemas, file, {"name": "year", **OPTIONAL}) == []


@pytest.mark.parametrize("file", ["v1.avsc", "silver.avsc", "metrics/page_views.avsc"])
@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ([{"name": "userid", **OPTIONAL}, {"name": "userId", **OPTIONAL}], "userId"),
        ([{"name": "who", "type": ["null", NESTED], "default": None}], "who.userId"),
        ([{"name": "who", "type": {"type": "array", "items": NESTED}, "default": []}], "who.userId"),
        ([{"name": "who", "type": {"type": "map", "values": NESTED}, "default": {}}], "who.userId"),
    ],
    ids=["at the top", "in a record", "in an array", "in a map"],
)
def test_names_that_differ_only_by_case_are_refused_at_any_depth(
    schemas: Path, file: str, fields: list[dict[str, Any]], place: str
) -> None:
    (problem,) = problems(schemas, file, *fields)
    assert (problem.file, problem.place) == (f"clicks/{file}", f"fields.{place}")
    assert "userid and userId differ only by case" in problem.problem


def test_the_same_name_in_two_records_is_no_twin(schemas: Path) -> None:
    one = {"type": "record", "name": "One", "fields": [{"name": "Country", **OPTIONAL}]}
    assert problems(schemas, "v1.avsc", {"name": "one", "type": ["null", one], "default": None}) == []


def test_an_item_that_becomes_a_row_has_columns_too(schemas: Path) -> None:
    def spoiled(schema: AvroSchema) -> None:
        lines = next(field for field in schema["fields"] if field["name"] == "lines")
        lines["type"]["items"]["fields"].append({"name": "_key", "type": "string"})

    edit(schemas / "orders" / "v1.avsc", spoiled)
    (problem,) = name_problems(load_draft(schemas, "orders"))
    assert problem.place == "fields._key"


def test_the_projects_own_names_are_sound(clicks: Stream, orders: Stream, app_logs: Stream) -> None:
    assert [name_problems(load_draft(SCHEMAS, stream.name)) for stream in (clicks, orders, app_logs)] == [[], [], []]


def test_the_column_of_rescued_fields_is_free_only_where_they_are_rescued(schemas: Path) -> None:
    shutil.copytree(PROJECT / "tests/data/schemas/meters", schemas / "meters")
    contract = schemas / "meters/contract.yaml"
    assert not name_problems(load_draft(schemas, "meters"))

    contract.write_text(contract.read_text().replace("unknown_fields: rescue", "unknown_fields: reject"))

    [problem] = name_problems(load_draft(schemas, "meters"))
    assert problem.place == "fields._rescued"


def test_a_dataset_named_like_the_lake_table_of_all_dead_letters_is_refused(tmp_path: Path) -> None:
    copy_of_clicks(tmp_path, "dead_letters")
    (problem,) = name_problems(load_draft(tmp_path, "dead_letters"))
    assert (problem.place, problem.remedy) == ("dataset", "Give the dataset another name.")
