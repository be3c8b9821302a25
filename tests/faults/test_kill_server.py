"""kill -9 of each process in the middle of traffic: after its restart every event is accounted for, once."""

import signal
import subprocess
import sys
import threading
from typing import Any

import psutil
import pytest
from rich.console import Console

from tests.pipeline import JOBS, Pipeline, produce, prove_window, tidegate
from tests.polling import wait_for
from tidegate.proof.topic_reader import Spans, topic_spans
from tidegate.settings import Settings
from tidegate.stack import local

TRAFFIC = (
    "--rate",
    "2000",
    "--seconds",
    "20",
    "--bad-ratio",
    "0.01",
    "--duplicate-ratio",
    "0.1",
    "--late-ratio",
    "0.02",
)


@pytest.mark.parametrize("server", ["taskmanager", "kafka", "registry", "opensearch", "seaweedfs", "jobmanager"])
def test_no_event_is_lost_or_doubled_when_a_server_is_killed(pipeline: Pipeline, server: str) -> None:
    sent: list[dict[str, Any]] = []
    producer = threading.Thread(target=lambda: sent.append(produce(*TRAFFIC, "--seed", "31")))
    running = pipeline.completed_checkpoints("refine")
    producer.start()
    wait_for("two checkpoints under traffic", lambda: pipeline.completed_checkpoints("refine") >= running + 2)
    kill_server(pipeline.settings, server)
    local.up(pipeline.settings, on_phase=lambda name, phase: None, console=Console(stderr=True))
    if server == "jobmanager":  # it alone knew the jobs: they go on from their newest checkpoints
        tidegate("run", *JOBS)
    producer.join(120)
    [summary] = sent
    assert summary["failed"] == 0
    report = prove_window(summary["offsets"], "--wait", "180")
    assert report["holds"], report
    facts = report["datasets"]["clicks"]
    assert {name: facts[name] for name in summary["expected"]} == summary["expected"]


def test_a_killed_producer_leaves_only_whole_events(pipeline: Pipeline) -> None:
    servers = pipeline.settings.kafka_bootstrap_servers
    before = topic_spans(servers, "raw.clicks")
    command = [sys.executable, "-m", "tidegate", "produce", "clicks", "--rate", "5000", "--seconds", "60"]
    producer = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for("some thousand events", lambda: _added(before, topic_spans(servers, "raw.clicks")) > 5000)
    finally:
        producer.kill()
        producer.wait(10)
    after = topic_spans(servers, "raw.clicks")
    window = {str(number): [before[number][1], end] for number, (_, end) in after.items()}
    report = prove_window(window, "--wait", "120")
    assert report["holds"], report
    assert report["datasets"]["clicks"]["dead_letter"] == 0


def kill_server(settings: Settings, name: str) -> None:
    """Ends a server as a crash would."""
    [pid] = [server.pid for server in local.status(settings, only=[name]) if server.name == name]
    assert pid is not None
    process = psutil.Process(pid)
    process.send_signal(signal.SIGKILL)
    process.wait(10)


def _added(before: Spans, after: Spans) -> int:
    return sum(end - before[number][1] for number, (_, end) in after.items())
