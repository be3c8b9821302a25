"""``tidegate contract evolve`` as typed."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.project import PROJECT
from tidegate.cli.contract import command
from tidegate.contracts.check import check_datasets
from tidegate.contracts.load import load_files
from tidegate.errors import ContractError

CSV = "id,shop,amount,sold_at,note\na,x,1.00,2026-11-28T10:00:00Z,late\n"


@pytest.fixture
def schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    found = Path(shutil.copytree(PROJECT / "tests/data/files_schemas", tmp_path / "schemas"))
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(found))
    (tmp_path / "day.csv").write_text(CSV)
    return found


def _evolve(schemas: Path) -> str:
    options = ["evolve", "sales", "--sample", str(schemas.parent / "day.csv")]
    return CliRunner().invoke(command, options, catch_exceptions=False).output


def test_a_new_version_is_written_beside_the_others_and_told(schemas: Path) -> None:
    said = _evolve(schemas)

    assert '{"name": "note", "type": ["null", "string"], "default": null}' in said
    assert "tidegate files retry sales" in said
    assert load_files(schemas, "sales").raw_fields["note"].type.nullable
    assert check_datasets(schemas).problems == []


def test_typed_again_it_has_nothing_to_say(schemas: Path) -> None:
    _evolve(schemas)

    assert _evolve(schemas).startswith("sales has a field for each column of ")


def test_a_sample_that_can_not_be_read_is_one_line(schemas: Path) -> None:
    (schemas.parent / "day.csv").unlink()

    with pytest.raises(ContractError, match=r"day\.csv cannot be read"):
        _evolve(schemas)
