"""Looking at dead letters and deciding on them, on real Kafka and a real registry."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner

from tests.synthetic import SyntheticDataset
from tidegate.cli import dlq as cli
from tidegate.settings import Settings

ROUNDS = 5
LETTERS = 20


@pytest.fixture
def dataset(stack: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SyntheticDataset:
    """A dataset of its own with ten letters of decode and ten of rule; commands find its contract and keep apart."""
    synthetic = SyntheticDataset(stack, tmp_path / "schemas", f"probe_{uuid4().hex[:8]}")
    synthetic.write_outputs(synthetic.write_raw(ROUNDS))
    settings = synthetic.settings.model_copy(update={"home": tmp_path})
    monkeypatch.setattr(cli, "get_settings", lambda: settings)
    return synthetic


def said(*arguments: str) -> str:
    result = CliRunner().invoke(cli.command, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def told(*arguments: str) -> Any:
    return json.loads(said(*arguments, "--json"))


def states(name: str) -> dict[str, int]:
    (stats,) = told("stats", name)["datasets"]
    assert sum(stats["states"].values()) == stats["letters"]
    return {state: number for state, number in stats["states"].items() if number}


def test_letters_are_counted_and_listed_while_they_come(dataset: SyntheticDataset) -> None:
    name = dataset.dataset.name
    assert states(name) == {"open": LETTERS}
    assert told("stats", name, "--by", "stage")["groups"][0] | {"oldest_open_s": 0} == {
        "stage": "decode",
        "letters": 10,
        "open": 10,
        "oldest_open_s": 0,
    }
    more = dataset.dead_letter_record("transform", "TRANSFORM_FAILED", 0, 0)
    dataset.send(f"dlq.{name}", [(0, dataset.dead_letter.encode(more))])
    hidden = dataset.dead_letter_record("transform", "TRANSFORM_FAILED", 0, 3)
    dataset.send(f"dlq.{name}", [(1, dataset.dead_letter.encode(hidden))], commit=False)

    assert states(name) == {"open": LETTERS + 1}
    (line,) = told("list", name, "--stage", "transform")["lines"]
    assert line["id"] == more["dead_letter_id"]
    assert f"{LETTERS + 1} letters = {LETTERS + 1} open" in said("stats", name)
    assert "decode TRUNCATED: 10 letters, 10 open" in said("list", name, "--code", "TRUNCATED", "--size", "3")
