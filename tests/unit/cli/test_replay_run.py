"""A rate is refused where nothing reads raw records; tests/jobs/test_replay_lake.py runs whole replays."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.unit.replay.plans import plan
from tidegate.cli.replay_run import run
from tidegate.replay.store import store_plan
from tidegate.settings import Settings


@pytest.mark.parametrize("target", ["index", "metrics", "silver"])
def test_a_rate_is_of_what_is_read_from_raw_or_bronze(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    monkeypatch.setenv("TIDEGATE_HOME", str(tmp_path))
    made = plan(target=target)
    store_plan(Settings(home=tmp_path), made)

    done = CliRunner().invoke(run, [made.plan_id, "--rate", "5", "--yes"])

    assert (done.exit_code, "--rate is of a range" in done.output) == (2, True)
