"""What a job takes over from the cluster that runs it: a state to go on from, and whether it is in Application mode."""

import json
import subprocess
import sys
from typing import Any

import pytest

STATE = "execution.state-recovery.path"
CASES: dict[str, tuple[dict[str, str], str]] = {
    "given": ({STATE: "file:///given"}, "latest"),
    "given and named": ({STATE: "file:///given"}, "file:///named"),
    "named": ({}, "file:///named"),
    "nothing": ({}, "none"),
    "application": ({"execution.target": "embedded"}, "none"),
    "session": ({"execution.target": "remote"}, "none"),
}
"""What the cluster's configuration holds, and what the job is told by ``--recover-from``."""

ASK = """
import json, sys
from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from flink_jobs import refine
from flink_jobs.job import Arguments
from flink_jobs.submit import configuration, is_application
from tidegate.settings import Settings


def answers(given, recover_from):
    cluster = Configuration()
    for name, value in {"execution.checkpointing.dir": "file:///nowhere", **given}.items():
        cluster.set_string(name, value)
    environment = StreamExecutionEnvironment.get_execution_environment(cluster)
    arguments = Arguments((), recover_from, False, False)
    environment.configure(configuration(refine.JOB, [], Settings(), arguments, environment))
    # As the JobManager's own entry point does; a client on its own is always "local".
    if "execution.target" in given:
        environment._j_stream_execution_environment.getConfiguration().setString(
            "execution.target", given["execution.target"]
        )
    path = environment._j_stream_execution_environment.getConfiguration().toMap().get("execution.state-recovery.path")
    return {"path": path and str(path), "application": is_application(environment)}


print(json.dumps({name: answers(*case) for name, case in json.loads(sys.argv[1]).items()}))
"""


@pytest.fixture(scope="module")
def answers(flink_environment: dict[str, str]) -> dict[str, Any]:
    """The job's answers to all cases, from one interpreter."""
    command = [sys.executable, "-c", ASK, json.dumps(CASES)]
    result = subprocess.run(command, env=flink_environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout.splitlines()[-1])
    assert isinstance(found, dict)
    return found


def test_a_state_that_the_cluster_names_is_kept_unless_the_job_is_told_another(answers: dict[str, Any]) -> None:
    paths = {name: answers[name]["path"] for name in ("given", "given and named", "named", "nothing")}

    assert paths == {
        "given": "file:///given",
        "given and named": "file:///named",
        "named": "file:///named",
        "nothing": None,
    }


def test_application_mode_is_known_by_the_execution_target(answers: dict[str, Any]) -> None:
    assert {name for name, answer in answers.items() if answer["application"]} == {"application"}
