"""kill -9 of each process in the middle of traffic: after its restart every event is accounted for, once."""

import random
import subprocess
import sys

import pytest

from tests.faults.conftest import StartDrill, revive
from tests.faults.drill import COLD_LIMIT_S
from tests.faults.servers import kill
from tests.pipeline import Pipeline, prove_window
from tests.polling import wait_for
from tidegate.clients.kafka_offsets import Spans, topic_spans

LONG = ("registry", "opensearch", "seaweedfs", "jobmanager")


@pytest.mark.parametrize(
    "server",
    [
        pytest.param(name, marks=pytest.mark.long if name in LONG else ())
        for name in ("kafka", "registry", "opensearch", "seaweedfs", "jobmanager")
    ],
)
def test_no_event_is_lost_or_doubled_when_a_server_is_killed(
    healthy: Pipeline, start_drill: StartDrill, server: str
) -> None:
    drill = start_drill(f"kill -9 of {server}")
    drill.send()
    kill(healthy.settings, server)
    revive(healthy.settings)
    drill.healed()
    drill.prove()


@pytest.mark.long
def test_no_event_is_lost_or_doubled_when_a_taskmanager_is_killed_three_times(
    healthy: Pipeline, start_drill: StartDrill, seed: int
) -> None:
    chance = random.Random(seed)
    drill = start_drill("kill -9 of taskmanager, 3 times", COLD_LIMIT_S)
    drill.send()
    for _ in range(3):
        healthy.wait_for_checkpoints("refine", chance.randrange(1, 4))
        kill(healthy.settings, "taskmanager")
        revive(healthy.settings)
    drill.healed()
    drill.prove()


def test_a_killed_producer_leaves_only_whole_events(healthy: Pipeline) -> None:
    before = topic_spans(healthy.settings, "raw.clicks")
    command = [sys.executable, "-m", "tidegate", "produce", "clicks", "--rate", "5000", "--seconds", "60"]
    producer = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for("some thousand events", lambda: _added(before, topic_spans(healthy.settings, "raw.clicks")) > 5000)
    finally:
        producer.kill()
        producer.wait(10)
    after = topic_spans(healthy.settings, "raw.clicks")
    window = {str(number): [before[number][1], end] for number, (_, end) in after.items()}
    report = prove_window(window, "--wait", "120")
    assert report["holds"], report
    assert report["datasets"]["clicks"]["dead_letter"] == 0


def _added(before: Spans, after: Spans) -> int:
    return sum(end - before[number][1] for number, (_, end) in after.items())
