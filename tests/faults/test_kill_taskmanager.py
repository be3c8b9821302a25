"""kill -9 of the TaskManager in the middle of traffic: the jobs recover and the proof holds."""

import signal
import threading

import psutil
from rich.console import Console

from tests.pipeline import Pipeline, produce, prove_window
from tests.polling import wait_for
from tidegate.stack import local


def test_no_event_is_lost_or_doubled_when_the_taskmanager_is_killed(pipeline: Pipeline) -> None:
    settings = pipeline.settings
    running = pipeline.completed_checkpoints("refine")
    sent: list[dict[str, object]] = []
    producer = threading.Thread(
        target=lambda: sent.append(
            produce(
                "--rate", "2000", "--seconds", "20", "--seed", "31", "--bad-ratio", "0.01", "--duplicate-ratio", "0.1"
            )
        )
    )
    producer.start()
    wait_for("two checkpoints under traffic", lambda: pipeline.completed_checkpoints("refine") >= running + 2)
    kill_taskmanager(pipeline)
    local.up(settings, on_phase=lambda name, phase: None, console=Console(stderr=True))
    producer.join(120)
    [summary] = sent
    window = summary["offsets"]
    assert isinstance(window, dict)
    report = prove_window(window, "--wait", "120")
    assert report["holds"], report
    expected = summary["expected"]
    facts = report["datasets"]["clicks"]
    assert {name: facts[name] for name in ("silver", "dead_letter", "dropped", "duplicate")} == expected
    assert min(pipeline.failures().values()) >= 1


def kill_taskmanager(pipeline: Pipeline) -> None:
    """Ends the TaskManager as a crash would."""
    [pid] = [server.pid for server in local.status(pipeline.settings, only=["taskmanager"])]
    assert pid is not None
    process = psutil.Process(pid)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
