"""A job that carries out a plan: which one is started, under which name, from no state."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from flink_jobs import once, replay, replay_index, replay_lake, replay_metrics
from flink_jobs.job import Arguments
from tests.unit.replay.plans import PLAN
from tidegate.job_names import INDEX, LAKE, METRICS, REFINE, REPLAY
from tidegate.replay.plan import Plan
from tidegate.sql.replay_index import DocumentsAgain

FILES = {
    replay_lake: (PLAN.to_json(), LAKE, PLAN.plan_id),
    replay_metrics: (PLAN.to_json(), METRICS, PLAN.plan_id),
    replay_index: (DocumentsAgain("clicks", PLAN.plan_id, "true", 5).to_json(), INDEX, PLAN.plan_id),
    replay: (Plan("clicks", {0: (4,)}).to_json(), REFINE, ""),
}
"""What each job is given, whose interval it takes, and the name of its own."""


@pytest.mark.parametrize("module", FILES, ids=lambda module: str(module.__name__))
def test_it_runs_what_its_file_says_from_no_state(
    module: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, interval_of, group = FILES[module]
    file = tmp_path / "asked.json"
    file.write_text(text)
    started: list[Any] = []
    monkeypatch.setattr(once, "run", started.extend)
    monkeypatch.setattr("sys.argv", ["job", "--plan", str(file)])

    module.main()

    [(job, arguments)] = started
    assert (job.name, job.interval_of) == (REPLAY, interval_of)
    assert arguments == Arguments(("clicks",), "none", forget_removed=False, explain=False, group=group)


def test_it_may_be_held_to_a_rate_and_only_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "asked.json"
    file.write_text(PLAN.to_json())
    started: list[Any] = []
    monkeypatch.setattr(once, "run", started.extend)
    monkeypatch.setattr("sys.argv", ["job", "--plan", str(file), "--rate", "50", "--explain"])

    replay_lake.main()

    [(job, arguments)] = started
    assert arguments.explain
    assert job.complete.args == (50.0,), "its last step puts the throttle behind the source"
