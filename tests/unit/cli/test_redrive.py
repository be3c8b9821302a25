import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.unit.redrive.test_plan import PLAN
from tidegate.cli.redrive import command
from tidegate.redrive.plan import store
from tidegate.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("TIDEGATE_HOME", str(tmp_path))
    return Settings(home=tmp_path)


def test_plans_are_listed_and_shown(settings: Settings) -> None:
    store(settings, PLAN)

    listed = CliRunner().invoke(command, ["list", "--json"])
    shown = CliRunner().invoke(command, ["show", PLAN.plan_id])

    assert [plan["letters"] for plan in json.loads(listed.output)] == [2]
    assert f"hash {PLAN.hash}" in shown.output
    assert "rule: 1" in shown.output
    assert "decode: 1" in shown.output


@pytest.mark.parametrize("name", command.commands)
def test_every_command_has_an_example(name: str) -> None:
    assert f"tidegate redrive {name}" in CliRunner().invoke(command, [name, "--help"]).output
