"""The demo as a newcomer runs it: one command from nothing to the proof, in a folder of its own, then nothing left."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline import SOONER
from tidegate.stack.process import processes_of

SECONDS, RATE_PER_S = 10, 1000
TIMEOUT_S = 900


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The demo's own folder; what a failed run may leave is taken down."""
    folder = tmp_path_factory.mktemp("demo")
    yield folder
    run_tidegate(folder, "down", "--purge", "--yes")


@pytest.fixture(scope="module")
def finished(home: Path) -> subprocess.CompletedProcess[str]:
    """The demo, run once without a terminal."""
    return run_tidegate(home, "demo", "--seconds", str(SECONDS), "--rate", str(RATE_PER_S), "--ports", "auto")


@pytest.fixture(scope="module")
def report(home: Path, finished: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert finished.returncode == 0, finished.stdout + finished.stderr
    read = json.loads((home / "demo" / "report.json").read_text())
    assert isinstance(read, dict)
    return read


def run_tidegate(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TIDEGATE_") or name == "TIDEGATE_CACHE"
    }
    return subprocess.run(
        [sys.executable, "-m", "tidegate", *arguments],
        env={**environment, "TIDEGATE_HOME": str(home), **SOONER},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def test_every_event_is_accounted_for_once(report: dict[str, Any]) -> None:
    clicks = report["datasets"]["clicks"]

    assert clicks["produced"] == SECONDS * RATE_PER_S
    verdicts = ("silver", "dead_letter", "repaired", "dropped", "duplicate")
    assert sum(clicks[verdict] for verdict in verdicts) == clicks["produced"]
    assert (clicks["missing"], clicks["doubled"]) == (0, 0)
    assert clicks["repaired"] > 0
    assert clicks["lake_bronze_rows"] == clicks["produced"] + clicks["repaired"]
    assert clicks["lake_silver_rows"] == clicks["indexed_docs"] == clicks["silver"] + clicks["repaired"]


def test_what_the_producer_expected_came_true(report: dict[str, Any]) -> None:
    run = report["run"]

    assert run["agrees"]
    assert run["expected"] == run["actual"]
    assert min(run["actual"].values()) > 0, "bad, dropped and duplicate events were part of the traffic"


def test_latency_memory_and_phases_were_measured(report: dict[str, Any]) -> None:
    assert report["committed_latency_ms"]["samples"] > 0
    assert 0 < report["committed_latency_ms"]["p50"] <= report["searchable_latency_ms"]["p50"]
    assert report["searchable_latency_ms"]["not_found"] == 0
    assert {"kafka", "registry", "opensearch", "seaweedfs", "jobmanager", "taskmanager"} <= report["peak_rss_mb"].keys()
    assert {"up", "contracts", "jobs", "traffic", "repair", "drain", "proof", "queries", "down"} <= report[
        "seconds"
    ].keys()
    assert all(query["rows"] for query in report["queries"])


def test_the_output_tells_the_story_and_no_process_is_left(
    home: Path, finished: subprocess.CompletedProcess[str]
) -> None:
    assert "The proof holds" in finished.stdout
    assert "nothing moved" not in finished.stdout, "every job has shown all, and the drain saw it"
    assert "Traceback" not in finished.stdout + finished.stderr
    assert list(processes_of(home)) == []
