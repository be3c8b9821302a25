"""``tidegate contract new`` as typed, without servers."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.contracts import SCHEMAS
from tidegate.cli.contract import command

SENSOR = {"reading": 7, "at": "2026-01-01T00:00:00+01:00", "value": 21.5, "where": {"room": "a"}}


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))


def test_the_command_makes_the_folder_from_a_file(schemas: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(schemas))
    sample = schemas.parent / "readings.jsonl"
    sample.write_text(json.dumps(SENSOR) + "\n")
    result = CliRunner().invoke(command, ["new", "readings", "--sample", str(sample), "--identity", "reading"])
    assert result.exit_code == 0, result.output
    assert result.output.endswith("tidegate contract check readings\n")
    assert (schemas / "readings" / "contract.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--from-topic", "raw-events", "--sample", "x.jsonl"], "--from-topic alone says"),
        (["--from-topic", "raw-events", "--from-subject", "raw-events-value"], "--from-topic alone says"),
        (["--from-topic", "raw-events", "--leave-out", "x"], "--from-topic alone says"),
        (["--format", "json"], "need --from-topic"),
        (["--from-subject", "raw-events-value", "--records", "5"], "need --from-topic"),
        (["--leave-out", "x"], "--leave-out needs --from-subject"),
    ],
)
def test_two_sources_of_fields_are_refused(arguments: list[str], problem: str) -> None:
    result = CliRunner().invoke(command, ["new", "readings", *arguments])

    assert result.exit_code == 2
    assert problem in result.output
