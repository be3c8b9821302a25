"""``tidegate files make``: what it writes is told, and what does not go together is refused."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.contracts import SCHEMAS, spoil
from tidegate.cli.files_make import make
from tidegate.errors import ContractError, TidegateError


@pytest.fixture(autouse=True)
def _contracts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(SCHEMAS))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(make, arguments)


def test_it_tells_of_each_file_and_as_json(tmp_path: Path) -> None:
    asked = (
        "transactions",
        "--date",
        "2026-11-28",
        "--into",
        str(tmp_path),
        "--rows",
        "30",
        "--seed",
        "1",
        "--files",
        "2",
    )
    assert "part-00002.csv: " in run(*asked, "--bad-file", "empty").stdout
    told = json.loads(run(*asked, "--json").stdout)
    assert (told["date"], told["seed"], [file["rows"] for file in told["files"]]) == ("2026-11-28", 1, [15, 15])
    for file in told["files"]:
        assert file["rows"] == file["silver"] + file["rejected"] + file["dropped"] + file["duplicates"]


def test_the_ledger_has_the_place_of_each_bad_row(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    run("customers", "--into", str(tmp_path), "--rows", "40", "--bad-rows", "0.5", "--ledger", str(ledger))
    assert {"file", "row", "offset", "length", "kind", "cause", "code"} == {
        *json.loads(ledger.read_text().splitlines()[0])
    }


@pytest.mark.parametrize(
    "wrong", [("--rows", "1", "--size", "1MB"), ("--corrected", "2"), ("--size", "0"), ("--size", "1 cup")]
)
def test_wrong_usage(tmp_path: Path, wrong: tuple[str, ...]) -> None:
    assert run("transactions", "--into", str(tmp_path), *wrong).exit_code == 2


def test_a_stream_is_no_dataset_of_files() -> None:
    assert isinstance(run("clicks").exception, ContractError)


def test_a_dataset_without_a_generator_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "schemas" / "invoices"
    folder.mkdir(parents=True)
    for file in ("contract.yaml", "v1.avsc", "silver.avsc", "refine.sql"):
        (folder / file).write_text((SCHEMAS / "customers" / file).read_text())
    spoil(folder / "contract.yaml", "dataset: customers", "dataset: invoices")
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(tmp_path / "schemas"))
    found = run("invoices").exception
    assert isinstance(found, TidegateError)
    assert "no generator" in found.problem


def test_lines_of_json_are_not_given_out_as_parquet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(SCHEMAS / "catalog", tmp_path / "schemas" / "catalog")
    spoil(tmp_path / "schemas/catalog/contract.yaml", "format: json_lines", "format: parquet")
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(tmp_path / "schemas"))
    found = run("catalog", "--into", str(tmp_path)).exception
    assert isinstance(found, TidegateError)
    assert "Parquet, which is not made here" in found.problem
