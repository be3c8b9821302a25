"""A server that stands still and then goes on as if nothing had been."""

import time

import pytest

from tests.faults.conftest import StartDrill, revive
from tests.faults.drill import COLD_LIMIT_S, LIMIT_S
from tests.faults.servers import frozen
from tests.pipeline import Pipeline
from tests.polling import wait_for
from tidegate.job_names import NAMES
from tidegate.stack import process
from tidegate.stack.flink import HEARTBEAT_TIMEOUT_S
from tidegate.stack.process import ProcessFiles


@pytest.mark.long
@pytest.mark.parametrize(("server", "seconds"), [("kafka", 45.0), ("taskmanager", HEARTBEAT_TIMEOUT_S + 10.0)])
def test_no_event_is_lost_or_doubled_when_a_server_stands_still(
    healthy: Pipeline, start_drill: StartDrill, server: str, seconds: float
) -> None:
    limit_s = COLD_LIMIT_S if server == "taskmanager" else LIMIT_S
    drill = start_drill(f"{server} stands still for {seconds:.0f} s", limit_s)
    drill.send()
    with frozen(healthy.settings, server):
        time.sleep(seconds)  # the fault itself: nothing to poll for
    drill.healed()
    wait_for("all jobs to run again", lambda: _all_run(healthy), timeout_s=120)
    drill.prove()


def _all_run(pipeline: Pipeline) -> bool:
    """A TaskManager that lost its jobs while it stood still may end itself: then it is started again."""
    if process.running(ProcessFiles("taskmanager", pipeline.settings.home)) is None:
        revive(pipeline.settings)
    jobs = [pipeline.flink.live_job(name) for name in NAMES]
    return all(job is not None and pipeline.flink.running(job.job_id) for job in jobs)
