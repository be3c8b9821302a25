"""Datasets that move between Flink jobs under traffic, and one that can't be started beside those that can."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.clicks import click
from tests.contracts import copy_of_clicks, spoil
from tests.pipeline import Pipeline, prove_window, run_tidegate, tidegate
from tests.polling import wait_for
from tests.topics import send
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.jobs.live import live_jobs
from tidegate.measure.child import Child
from tidegate.settings import Settings

pytestmark = pytest.mark.long

REPEATED = 20


@pytest.fixture
def refine(pipeline: Pipeline) -> Iterator[Pipeline]:
    """The job refine is as it was at the end, shared by all."""
    yield pipeline
    if set(_datasets(pipeline.settings)) != {"refine"}:
        run_tidegate("stop", "refine")
        tidegate("run", "refine")


@pytest.fixture
def schemas(pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the contracts."""
    folder = Path(shutil.copytree(pipeline.settings.schemas_dir, tmp_path / "schemas"))
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(folder))
    return folder


def test_a_dataset_moves_out_of_the_shared_job_and_back_under_traffic_and_no_event_is_lost_or_doubled(
    refine: Pipeline, tmp_path: Path
) -> None:
    settings = refine.settings
    before = topic_spans(settings, "raw.clicks")
    traffic = Child(settings, tmp_path / "produce.log", "produce", "clicks", "--rate", "100", "--seconds", "600",
                    "--duplicate-ratio", "0.1", "--seed", "161")  # fmt: skip
    try:
        _move_out_and_back(refine, [refine.framed(click()) for _ in range(REPEATED)])
    finally:
        traffic.stop()
    after = topic_spans(settings, "raw.clicks")
    window = {str(number): [before[number][1], end] for number, (_, end) in after.items()}
    report = prove_window(window, "--wait", "60")
    assert report["holds"], report
    facts = report["datasets"]["clicks"]
    assert facts["doubled"] == 0
    assert facts["duplicate"] >= 4 * REPEATED


def _move_out_and_back(refine: Pipeline, repeated: list[bytes]) -> None:
    """The same events come before, between and after the moves."""
    settings = refine.settings
    send(settings, "raw.clicks", repeated)
    refine.wait_for_checkpoints("refine", 2)

    assert "refine goes on with app_logs, orders" in tidegate("stop", "refine", "--dataset", "clicks")
    send(settings, "raw.clicks", repeated)
    shared = refine.flink.live_job("refine")
    tidegate("run", "refine", "--dataset", "clicks")
    send(settings, "raw.clicks", repeated)
    refine.wait_for_checkpoints("refine.clicks", 2)
    assert refine.flink.live_job("refine") == shared, "others are not touched by a start beside them"
    assert _datasets(settings) == {"refine": {"app_logs", "orders"}, "refine.clicks": {"clicks"}}

    tidegate("stop", "refine")
    send(settings, "raw.clicks", repeated)
    tidegate("run", "refine")
    assert _datasets(settings) == {"refine": {"app_logs", "clicks", "orders"}}
    refine.wait_for_checkpoints("refine", 2)
    send(settings, "raw.clicks", repeated)


def test_one_that_cannot_be_planned_is_left_out_with_its_own_line_and_the_others_start(
    refine: Pipeline, schemas: Path
) -> None:
    good, bad = (f"moved_{kind}_{uuid4().hex[:6]}" for kind in ("good", "bad"))
    for name in (good, bad):
        copy_of_clicks(schemas, name)
    spoil(schemas / bad / "refine.sql", "upper(country)", "no_such_function(country)")
    tidegate("contract", "register", good, bad)

    result = run_tidegate("run", "refine", "--dataset", good, "--dataset", bad)

    try:
        assert result.returncode == 1, result.stderr
        (line,) = [line for line in result.stderr.splitlines() if line.startswith("error:")]
        assert line.startswith(f"error: refine is started without {bad}: Flink refuses its SQL: ")
        assert "no_such_function" in line
        assert f"tidegate contract check {bad}" in line
        assert _datasets(refine.settings)[f"refine.{bad}-{good}"] == {good}
    finally:
        tidegate("stop", f"refine.{bad}-{good}", "--no-savepoint")


def _datasets(settings: Settings) -> dict[str, set[str]]:
    """By the jobs of refine that run, once they tell, their datasets."""
    jobs = wait_for("jobs that tell", lambda: [job for job in live_jobs(settings) if job.job == "refine"])
    return {job.name: set(job.fingerprints) for job in jobs}
