"""``tidegate redrive run``, ``status`` and ``cancel``, as they are typed, on real Kafka."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from tests.redrives import Redrives
from tests.synthetic import SyntheticDataset
from tidegate.cli.redrive import command
from tidegate.clients.audit import read_actions
from tidegate.dlq.turn import letters_turn
from tidegate.settings import Settings

LETTERS = 12


@pytest.fixture
def redrives(stack: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Redrives:
    """A dataset of its own, which the commands find."""
    made = Redrives(SyntheticDataset(stack, tmp_path / "schemas", f"typed_{uuid4().hex[:8]}"), LETTERS)
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(made.settings.schemas_dir))
    return made


def typed(*arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments])


def read(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(typed(*arguments, "--json").stdout)
    return found


def test_a_plan_is_sent_in_two_runs_settled_proved_and_audited(redrives: Redrives) -> None:
    plan = redrives.plan.plan_id
    with redrives.refine():
        first = read("run", plan, "--limit", "5", "--no-prove")
        status = typed("status", plan)
        second = typed("run", plan, "--no-ramp", "--rate", "1000", "--actor", "ben")

    assert (first["sent"], first["resolved"], first["left"], first["paused"]) == (5, 5, 7, None)
    assert f"{plan}: 12 letters: 5 resolved, 7 left" in status.stdout
    assert second.exit_code == 0, second.output
    assert "12 letters: 12 resolved" in second.stdout
    assert "resolved, silver: 12" in second.stdout
    assert "repaired" in second.stdout
    actions = [action for action in read_actions(redrives.settings) if action.plan_id == plan]
    assert [action.phase for action in actions] == ["begun", "ended", "begun", "ended"]
    assert (actions[-1].actor, actions[-1].action) == ("ben", "redrive")
    assert actions[-1].counts["sent"] == 7
    assert actions[-1].counts["resolved"] == LETTERS


def test_cancel_and_a_second_run_beside_are_told(redrives: Redrives) -> None:
    plan = redrives.plan.plan_id
    with letters_turn(redrives.settings, redrives.plan.dataset):
        refused = typed("run", plan)
    cancelled = typed("cancel", plan)

    assert refused.exception is not None and "a redrive of" in str(refused.exception)
    assert cancelled.exit_code == 0, cancelled.output
    assert f"No run of {redrives.plan.dataset} sends any more." in cancelled.stdout
    assert "12 letters: 12 left" in cancelled.stdout


@pytest.mark.parametrize("share", ["110%", "much", "-1"])
def test_a_share_that_is_none_is_refused(share: str) -> None:
    refused = typed("run", "any", "--max-failed", share)

    assert refused.exit_code == 2
    assert f"'{share}' is no share: give 10% or 0.1." in refused.output
