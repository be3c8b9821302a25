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


def test_a_mapping_is_told_with_its_reason(schemas: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(schemas))
    sample = schemas.parent / "readings.jsonl"
    sample.write_text(json.dumps({**SENSOR, "at": 1_764_300_000}) + "\n")
    options = ["--sample", str(sample), "--identity", "reading", "--time", "at"]
    result = CliRunner().invoke(command, ["new", "readings", *options])
    assert result.exit_code == 0, result.output
    assert "\nmap.sql makes the event time, since at counts seconds since 1970; producers stay" in result.output
    assert f"{schemas / 'readings/mapped.avsc'}\n" in result.output


def test_a_time_in_text_is_told_by_options(schemas: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(schemas))
    sample = schemas.parent / "readings.jsonl"
    sample.write_text(json.dumps({**SENSOR, "at": "21.11.2026 10:00"}) + "\n")
    options = ["--sample", str(sample), "--identity", "reading", "--time", "at"]
    refused = CliRunner().invoke(command, ["new", "readings", *options])
    assert '--time-format "dd.MM.yyyy HH:mm", and --time-zone Europe/Berlin' in str(refused.exception)
    told = ["--time-format", "dd.MM.yyyy HH:mm", "--time-zone", "Europe/Berlin"]
    result = CliRunner().invoke(command, ["new", "readings", *options, *told])
    assert result.exit_code == 0, result.output
    mapping = (schemas / "readings/map.sql").read_text()
    assert "to_timestamp_ltz(`at`, 'dd.MM.yyyy HH:mm', 'Europe/Berlin') as `at`" in mapping


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
