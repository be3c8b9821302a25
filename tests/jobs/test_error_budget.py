"""The error budget in a running refine: one dataset is told past it, another stops, and others go on."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest

from tests.clicks import click
from tests.contracts import copy_of_clicks
from tests.pipeline import Pipeline, run_tidegate, tidegate
from tests.polling import wait_for
from tests.topics import read_committed, send
from tidegate.clients.flink import FlinkClient
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.job_names import REFINE

pytestmark = pytest.mark.long

GOOD, FIVE_PERCENT, MAX_IN_A_ROW, BAD = 95, 5, 20, 300
BUDGET = """  max_ratio: 0.04
  max_consecutive: {in_a_row}
  window_s: 600
  min_events: 100
  action: {action}
"""


@pytest.fixture
def names(pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """Two datasets like clicks, each in a job of its own: one alerts, one stops."""
    folder, found = tmp_path / "schemas", (f"told_{uuid4().hex[:6]}", f"stopped_{uuid4().hex[:6]}")
    for name, action in zip(found, ("alert", "stop"), strict=True):
        contract = copy_of_clicks(folder, name) / "contract.yaml"
        text, _, _ = contract.read_text().partition("  max_ratio:")
        contract.write_text(text + BUDGET.format(in_a_row=MAX_IN_A_ROW, action=action))
    monkeypatch.setenv("TIDEGATE_SCHEMAS_DIR", str(folder))
    tidegate("contract", "register", *found)
    tidegate("run", REFINE, "--dataset", found[0], "--dataset", found[1])
    yield found
    for name in found:
        run_tidegate("stop", f"{REFINE}.{name}", "--no-savepoint")


def test_five_percent_alert_and_a_deployment_of_nothing_but_bad_records_stops_its_own_job_only(
    pipeline: Pipeline, names: tuple[str, str]
) -> None:
    told, stopped = names
    settings, flink = pipeline.settings, pipeline.flink
    shared = flink.live_job(REFINE)
    good, bad = pipeline.framed(click()), pipeline.framed(click(quantity=-1))
    for name in names:
        send(settings, f"raw.{name}", [good] * GOOD)
        wait_for("the good records", partial(is_committed, pipeline, name, GOOD))

    send(settings, f"raw.{told}", [bad] * FIVE_PERCENT)
    send(settings, f"raw.{stopped}", [bad] * BAD)

    wait_for("the alert's metric", lambda: gauge(flink, told) == 1.0, timeout_s=120)
    assert flink.live_job(f"{REFINE}.{told}") is not None, "it goes on"
    wait_for("the end of the job", lambda: flink.live_job(f"{REFINE}.{stopped}") is None, timeout_s=120)
    assert flink.live_job(REFINE) == shared
    assert committed(pipeline, stopped) <= GOOD + MAX_IN_A_ROW
    assert len(letters(pipeline, stopped)) <= MAX_IN_A_ROW
    said = run_tidegate("status").stdout.replace("\n", " ")
    assert f"refine.{stopped} has stopped. The error budget of {stopped} is passed: " in said
    assert "rule/RULE_VIOLATED (quantity_is_positive)" in said
    assert f"`tidegate run refine --dataset {stopped} --budget-reset`" in said

    tidegate("run", REFINE, "--dataset", stopped, "--budget-reset")
    wait_for("the accepted records", lambda: committed(pipeline, stopped) == GOOD + BAD, timeout_s=120)
    assert len(letters(pipeline, stopped)) == BAD


def committed(pipeline: Pipeline, dataset: str) -> int:
    """How far refine has committed the only partition that the test writes to."""
    positions = OffsetReader(pipeline.settings).positions(REFINE, dataset)
    return positions.get(f"raw.{dataset}", {}).get(0, 0)


def is_committed(pipeline: Pipeline, dataset: str, offset: int) -> bool:
    return committed(pipeline, dataset) == offset


def letters(pipeline: Pipeline, dataset: str) -> list[dict[str, object]]:
    return read_committed(pipeline.settings, f"dlq.{dataset}", pipeline.dead_letter)


def gauge(flink: FlinkClient, dataset: str) -> float | None:
    """``errorBudgetPassed`` of the dataset's job."""
    job = flink.live_job(f"{REFINE}.{dataset}")
    assert job is not None
    for vertex in flink.vertices(job.job_id):
        for name in flink.metric_names(job.job_id, vertex.vertex_id):
            if name.endswith("errorBudgetPassed"):
                return flink.metric_sums(job.job_id, vertex.vertex_id, [name])[name]
    return None
