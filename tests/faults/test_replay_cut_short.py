"""A replay that is cancelled leaves no trace; one whose TaskManager is killed ends as if nothing had been."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.faults.conftest import revive
from tests.faults.servers import kill
from tests.pipeline import Pipeline, produce, run_tidegate, tidegate
from tests.polling import wait_for
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.lake import open_catalog
from tidegate.replay.settled import refined_up_to
from tidegate.settings import Settings

EVENTS, RATE = 6000, 100
"""So that the job reads for a minute."""


@pytest.fixture
def plan(healthy: Pipeline) -> str:
    """A range that the lake has, all of clicks."""
    produce("--count", str(EVENTS), "--rate", str(EVENTS), "--seed", "174", "--duplicate-ratio", "0.1")
    ends = {number: end for number, (_, end) in topic_spans(healthy.settings, "raw.clicks").items()}
    wait_for("refine to read them", lambda: refined_up_to(healthy.settings, healthy.clicks) == ends, timeout_s=120)
    asked = ",".join(f"{number}:{max(0, end - EVENTS // 4)}-{end}" for number, end in ends.items() if end)
    told: dict[str, Any] = json.loads(tidegate("replay", "plan", "clicks", "--offsets", asked, "--json"))
    return str(told["plan_id"])


@contextmanager
def running(plan_id: str) -> Iterator[subprocess.Popen[str]]:
    """``replay run``, once its job has read some records."""
    command = [sys.executable, "-m", "tidegate", "replay", "run", plan_id, "--rate", str(RATE), "--yes"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        wait_for("the job to read", lambda: (read(plan_id) or 0) > 0, timeout_s=240)
        yield process


def read(plan_id: str) -> int | None:
    told = json.loads(tidegate("replay", "status", plan_id, "--json"))
    found: int | None = told["read"]
    return found


def whole_rows(settings: Settings) -> list[str]:
    table = open_catalog(settings).load_table("silver.clicks")
    assert [*table.refs()] == ["main"]
    return sorted(str(row) for row in table.scan().to_arrow().to_pylist())


@pytest.mark.long
def test_a_replay_that_is_cancelled_leaves_the_table_as_it_was(healthy: Pipeline, plan: str) -> None:
    before = whole_rows(healthy.settings)
    with running(plan) as process:
        tidegate("replay", "cancel", plan)
        _, error = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "CANCELED" in error, error
    assert whole_rows(healthy.settings) == before
    assert json.loads(tidegate("replay", "status", plan, "--json"))["state"] == "cancelled"
    assert "is cancelled" in run_tidegate("replay", "run", plan, "--yes").stderr


@pytest.mark.long
def test_a_replay_whose_taskmanager_is_killed_ends_the_same(healthy: Pipeline, plan: str) -> None:
    before = whole_rows(healthy.settings)
    with running(plan) as process:
        kill(healthy.settings, "taskmanager")
        revive(healthy.settings)
        told, error = process.communicate(timeout=300)
    assert process.returncode == 0, error
    assert "The proof holds" in told, told
    assert whole_rows(healthy.settings) == before
