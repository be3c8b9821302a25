"""A new dataset's folder: its contract holds as it stands."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.contracts import SCHEMAS
from tidegate.cli.contract import command
from tidegate.contracts.check import check_datasets
from tidegate.contracts.load import load_stream
from tidegate.contracts.new.choose_fields import Fields
from tidegate.contracts.new.scaffold import DEFAULT_SAMPLES, scaffold, write
from tidegate.errors import ContractError


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))


SENSOR = {"reading": 7, "at": "2026-01-01T00:00:00+01:00", "value": 21.5, "where": {"room": "a"}}


@pytest.mark.parametrize(
    ("samples", "fields"),
    [
        (DEFAULT_SAMPLES, Fields()),
        ([SENSOR, {**SENSOR, "value": None}], Fields(identity="reading")),
        ([{"device_id": "d", "order": "x", "time": "2026-01-01T00:00:00Z"}], Fields()),
        ([{"id": "d", "ts": 1_767_268_798_250}], Fields(event_time="ts")),
        ([{"id": "d", "ts": "2026-01-01T00:00:00.000250Z"}], Fields()),
        ([{"no": "d", "on": "2026-01-01T00:00:00Z"}], Fields("no", "on")),
        ([{**SENSOR, "home": {"where": {"room": "b"}}, "readings": [{"x": 1}], "silver": {"x": 1}}], Fields("reading")),
    ],
    ids=[
        "without a sample",
        "a number as identity",
        "reserved words",
        "milliseconds since 1970",
        "microseconds",
        "words that YAML reads as booleans",
        "records of the same name",
    ],
)
def test_a_new_dataset_has_no_problem(schemas: Path, samples: list[dict[str, object]], fields: Fields) -> None:
    write(schemas, "readings", scaffold("readings", samples, fields))
    assert check_datasets(schemas, ["readings"]).problems == []


def test_the_sample_gives_the_fields(schemas: Path) -> None:
    write(schemas, "readings", scaffold("readings", [SENSOR], Fields(identity="reading")))
    dataset = load_stream(schemas, "readings")
    assert [field["name"] for field in dataset.latest["fields"]] == ["reading", "at", "value", "where"]
    assert (dataset.contract.identity, dataset.contract.event_time.field) == (["reading"], "at")


def test_a_dataset_may_have_a_name_that_yaml_reads_as_a_boolean(schemas: Path) -> None:
    write(schemas, "on", scaffold("on", DEFAULT_SAMPLES, Fields()))
    assert load_stream(schemas, "on").contract.dataset == "on"


def test_what_a_check_refuses_leaves_nothing_behind(schemas: Path) -> None:
    before = sorted(schemas.rglob("*"))
    with pytest.raises(
        ContractError, match=r"readings/examples/valid\.jsonl: line 1: record\.value: .*Give one in range"
    ):
        write(schemas, "readings", scaffold("readings", [{**SENSOR, "value": 2**70}], Fields("reading")))
    assert sorted(schemas.rglob("*")) == before
    write(schemas, "readings", scaffold("readings", [SENSOR], Fields("reading")))


def test_a_folder_that_is_there_is_left_alone(schemas: Path) -> None:
    with pytest.raises(ContractError, match=r"clicks is there already\."):
        write(schemas, "clicks", scaffold("clicks", DEFAULT_SAMPLES, Fields()))


@pytest.mark.parametrize(
    ("name", "samples", "fields", "problem"),
    [
        ("Readings", DEFAULT_SAMPLES, Fields(), "no name for a dataset"),
        ("readings", [], Fields(), "no record"),
        ("readings", [{"at": "2026-01-01T00:00:00Z"}], Fields(), "no field looks like the identity.*--identity"),
        ("readings", [{"id": "a", "at": "yesterday"}], Fields(), "no field looks like the event time.*--time"),
        ("readings", DEFAULT_SAMPLES, Fields(identity="key"), "no field key.*event_id, event_time, name"),
    ],
)
def test_what_cannot_be_used_is_told_with_the_remedy(
    name: str, samples: list[dict[str, object]], fields: Fields, problem: str
) -> None:
    with pytest.raises(ContractError, match=problem):
        scaffold(name, samples, fields)


def test_the_command_makes_the_folder_from_a_file(schemas: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(schemas))
    sample = schemas.parent / "readings.jsonl"
    sample.write_text(json.dumps(SENSOR) + "\n")
    result = CliRunner().invoke(command, ["new", "readings", "--sample", str(sample), "--identity", "reading"])
    assert result.exit_code == 0, result.output
    assert result.output.endswith("tidegate contract check readings\n")
    assert (schemas / "readings" / "contract.yaml").exists()
