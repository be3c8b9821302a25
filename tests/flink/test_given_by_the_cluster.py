"""What a job takes over from the cluster that runs it: a state to go on from, and whether it is in Application mode."""

import json
import subprocess
import sys
from typing import Any

import pytest

STATE = "execution.state-recovery.path"
CASES: dict[str, tuple[dict[str, str], str | None]] = {
    "given": ({STATE: "file:///given"}, "file:///given"),
    "given and joined": ({STATE: "file:///given"}, "file:///joined"),
    "found": ({}, "file:///found"),
    "nothing": ({}, None),
    "application": ({"execution.target": "embedded"}, None),
    "session": ({"execution.target": "remote"}, None),
}
"""What the cluster's configuration holds, and the state that the datasets of the job go on from."""

ASK = """
import json, sys
from pyflink.common import Configuration
from pyflink.datastream import StreamExecutionEnvironment
from flink_jobs import refine
from flink_jobs.configured import configuration, is_application, places_of, recovery
from flink_jobs.job import Arguments
from tidegate.settings import Settings


def answers(given, path):
    cluster = Configuration()
    for name, value in {"execution.checkpointing.dir": "file:///nowhere/", **given}.items():
        cluster.set_string(name, value)
    environment = StreamExecutionEnvironment.get_execution_environment(cluster)
    arguments, settings = Arguments((), "latest", False, False), Settings(savepoints="file:///savepoints")
    places = places_of(environment, settings, arguments)
    environment.configure(configuration(refine.JOB, "refine.readings", settings, places))
    environment.configure(recovery(path, places, arguments))
    # As the JobManager's own entry point does; a client on its own is always "local".
    if "execution.target" in given:
        environment._j_stream_execution_environment.getConfiguration().setString(
            "execution.target", given["execution.target"]
        )
    options = environment._j_stream_execution_environment.getConfiguration().toMap()
    found = {name: options.get("execution." + name) and str(options.get("execution." + name)) for name in (
        "state-recovery.path", "state-recovery.claim-mode", "checkpointing.dir")}
    return found | {"application": is_application(environment), "given": places.given, "of": places.of("refine")}


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


def test_a_state_that_the_cluster_names_is_kept_unless_datasets_have_others(answers: dict[str, Any]) -> None:
    found = {name: answers[name]["state-recovery.path"] for name in CASES}

    assert found == {
        "given": "file:///given",
        "given and joined": "file:///joined",
        "found": "file:///found",
        "nothing": None,
        "application": None,
        "session": None,
    }
    assert answers["given"]["given"] == answers["given and joined"]["given"] == "file:///given"


def test_the_files_of_a_state_that_was_put_together_stay_those_of_others(answers: dict[str, Any]) -> None:
    assert answers["given and joined"]["state-recovery.claim-mode"] == "NO_CLAIM"
    assert answers["given"]["state-recovery.claim-mode"] is None, "who gave it has said so"


def test_each_job_has_its_own_folder(answers: dict[str, Any]) -> None:
    assert answers["found"]["checkpointing.dir"] == "file:///nowhere/refine.readings"
    assert answers["found"]["of"] == ["file:///nowhere/refine", "file:///savepoints/refine"]


def test_application_mode_is_known_by_the_execution_target(answers: dict[str, Any]) -> None:
    assert {name for name, answer in answers.items() if answer["application"]} == {"application"}
