"""The contract of docs/reference-data.md holds, and its command loads a file of other columns."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.contracts import SCHEMAS
from tests.project import PROJECT
from tidegate.cli.load import command
from tidegate.contracts.check import check_datasets

PAGE = (PROJECT / "docs" / "reference-data.md").read_text()


def block(language: str) -> str:
    """The first of the page's blocks in this language."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
def schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped contracts, and beside them the page's."""
    folder = Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))
    (folder / "machines" / "examples").mkdir(parents=True)
    (folder / "machines" / "contract.yaml").write_text(block("yaml"))
    (folder / "machines" / "v1.avsc").write_text(block("json"))
    (folder / "machines" / "examples" / "valid.jsonl").write_text(block("text"))
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(folder))
    return folder


def test_the_contract_holds(schemas: Path) -> None:
    assert list(check_datasets(schemas, ["machines"]).problems) == []


def test_the_command_takes_the_file(schemas: Path, tmp_path: Path) -> None:
    (tmp_path / "machines.csv").write_text("id,hall,vendor,colour\nm-1,paint,Acme,red\nm-2,press,,blue\n")
    line = next(line for line in block("bash").splitlines() if "--map" in line)
    arguments = line.split()[3:]
    result = CliRunner().invoke(command, ["machines", str(tmp_path / arguments[0]), *arguments[1:], "--dry-run"])
    assert "2 rows would be loaded, 0 would be deleted, 0 rejected" in result.stdout, result.output
