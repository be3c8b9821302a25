"""What a plan of a replay does not take, told before a server is asked; tests/jobs/test_replay_lake.py: the rest."""

from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from tests.unit.replay.plans import plan
from tidegate.cli import replay
from tidegate.cli.replay import command
from tidegate.replay.range_plan import NextSilver
from tidegate.replay.store import FILLING, Status, store_plan, store_status
from tidegate.settings import Settings
from tidegate.sql.replay_silver import Filling


@pytest.mark.parametrize(
    "option", ["--target index", "--target lake", "--source bronze", "--rate 5", "--offsets 0:1-2"]
)
def test_what_is_missing_takes_no_option_of_a_range(option: str) -> None:
    made = CliRunner().invoke(command, ["plan", "clicks", "--missing", *option.split()])
    assert (made.exit_code, "leave " in made.output) == (2, True)


def test_the_index_alone_takes_no_rate() -> None:
    asked = ["plan", "clicks", "--offsets", "0:1-2", "--rate", "5", "--target", "index"]
    made = CliRunner().invoke(command, asked)
    assert (made.exit_code, "--rate is of a range that is read" in made.output) == (2, True)


@pytest.mark.parametrize(("live", "told"), [(True, "filling, 40 of 95 records read"), (False, "filling\n")])
def test_while_silver_s_next_topics_are_filled_the_copied_records_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, live: bool, told: str
) -> None:
    made = plan(target="lake,silver", silver=NextSilver(2, 2, 100, 1000))
    filling = Filling("clicks", made.plan_id, 2, {0: (5, 90), 1: (0, 10)}, {0: (0, 7)}, {0: (10, 20)}, {0: (10, 20)})
    settings = Settings(home=tmp_path)
    store_plan(settings, made)
    store_status(settings, made.plan_id, Status(FILLING, job_id="lake", fill_job_id="j", filling=asdict(filling)))
    job = SimpleNamespace(job_id="j", live=live)
    monkeypatch.setattr(replay, "get_settings", lambda: settings)
    monkeypatch.setattr(replay, "FlinkClient", lambda _: SimpleNamespace(jobs=lambda: [job]))
    monkeypatch.setattr(replay, "records_read", lambda _, *asked: {("j", "silver_before"): 40}[asked])

    assert told in CliRunner().invoke(replay.command, ["status", made.plan_id]).output
    shown = CliRunner().invoke(replay.command, ["show", made.plan_id]).output
    assert "Fills silver.clicks.v2 and dropped.clicks.v2, which will be new, of 2 partitions each" in shown
