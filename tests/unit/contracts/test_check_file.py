"""What a contract says of files that no file can keep is found where it is said."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.contracts import SCHEMAS, edit, spoil
from tidegate.contracts.check import check_datasets
from tidegate.contracts.check_file import file_problems
from tidegate.contracts.load import load_draft

CONTRACT = "customers/contract.yaml"
SCHEMA = "customers/v1.avsc"
COLUMNS = [field["name"] for field in json.loads((SCHEMAS / SCHEMA).read_text())["fields"]]


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A copy of the contracts to spoil."""
    return Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))


def found(schemas: Path) -> list[tuple[str, str]]:
    return [(problem.file, problem.place) for problem in file_problems(load_draft(schemas, "customers"))]


def say(schemas: Path, *columns: str) -> None:
    """The files have no header, but these columns."""
    spoil(schemas / CONTRACT, "    delimiter: ;", f"    columns: {json.dumps(columns)}\n    delimiter: ;")


@pytest.mark.parametrize("name", ["transactions", "catalog", "customers", "clicks", "products"])
def test_the_projects_own_contracts_can_be_kept(name: str) -> None:
    assert file_problems(load_draft(SCHEMAS, name)) == []


@pytest.mark.parametrize("pattern", ["landing/customers/*.csv", "ftp://landing/{date:yyyyMMdd}.csv"])
def test_a_pattern_that_leads_to_no_file_is_found(schemas: Path, pattern: str) -> None:
    spoil(schemas / CONTRACT, "landing/customers/{date:yyyy-MM-dd}/customers*.csv*\n  format", f"{pattern}\n  format")
    assert found(schemas) == [(CONTRACT, "file.pattern")]


def test_a_marker_that_tells_of_no_date_is_found(schemas: Path) -> None:
    spoil(schemas / CONTRACT, "customers/{date:yyyy-MM-dd}/customers*.csv*\n  format", "{date:yyyyMMdd}.csv\n  format")
    spoil(schemas / CONTRACT, "by: stable\n    quiet_s: 60", "by: success")
    assert found(schemas) == [(CONTRACT, "file.complete.name")]


def test_defaults_for_missing_columns_need_a_field_that_has_one(schemas: Path) -> None:
    def without_defaults(schema: dict[str, Any]) -> None:
        for field in schema["fields"]:
            field.pop("default", None)

    edit(schemas / SCHEMA, without_defaults)
    assert found(schemas) == [(CONTRACT, "file.missing_columns")]


@pytest.mark.parametrize("kind", [{"type": "array", "items": "string"}, {"type": "map", "values": "string"}])
def test_a_cell_holds_one_value(schemas: Path, kind: Any) -> None:
    def nested(schema: dict[str, Any]) -> None:
        schema["fields"][-1] = {"name": "credit_limit", "type": kind}

    edit(schemas / SCHEMA, nested)
    assert found(schemas) == [(SCHEMA, "fields.credit_limit")]


def test_all_columns_in_their_order_fit(schemas: Path) -> None:
    say(schemas, *COLUMNS)
    assert found(schemas) == []


def test_a_column_that_the_schema_lacks_needs_a_policy(schemas: Path) -> None:
    say(schemas, *COLUMNS, "colour")
    assert found(schemas) == [(CONTRACT, "file.csv.columns")]
    spoil(schemas / CONTRACT, "  missing_columns", "  unknown_columns: ignore\n  missing_columns")
    assert found(schemas) == []


def test_a_column_named_twice_is_found(schemas: Path) -> None:
    say(schemas, *COLUMNS, "city")
    assert found(schemas) == [(CONTRACT, "file.csv.columns")]


def test_a_column_may_be_left_out_whose_field_has_a_default(schemas: Path) -> None:
    say(schemas, *(name for name in COLUMNS if name != "city"))
    assert found(schemas) == []
    spoil(schemas / CONTRACT, "  missing_columns: default\n", "")
    assert found(schemas) == [(CONTRACT, "file.csv.columns")]


def test_a_column_may_not_be_left_out_whose_field_has_none(schemas: Path) -> None:
    say(schemas, *(name for name in COLUMNS if name != "country"))
    assert found(schemas) == [(CONTRACT, "file.csv.columns")]


def test_check_tells_of_them(schemas: Path) -> None:
    spoil(schemas / CONTRACT, "{date:yyyy-MM-dd}/customers*.csv*\n  format", "customers.csv\n  format")
    assert [problem.place for problem in check_datasets(schemas).problems] == ["file.pattern"]
