"""docker-compose.yml as a whole, in containers: built, started, fed, proved.

It builds an image and needs 16 GB of memory and some ten minutes, so it runs alone, and where a Docker engine answers:
``pytest tests/containers``. Elsewhere, and among other tests, it says why it skips.
"""

import json
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from testcontainers.compose import DockerCompose

from tests.deploy_parser import env_file
from tests.polling import wait_for
from tests.project import PROJECT

EVENTS = 2000
PORTS = (
    "KAFKA",
    "REGISTRY",
    "OPENSEARCH",
    "DASHBOARDS",
    "S3",
    "LAKE_CATALOG",
    "POSTGRES",
    "FLINK",
    "PROMETHEUS",
    "GRAFANA",
)


def why_not() -> str | None:
    """Why this can't run here; None if it can."""
    if shutil.which("docker") is None:
        return "the command docker is not installed"
    engine = subprocess.run(
        ["docker", "version", "--format", "{{.Server.Version}}"], capture_output=True, text=True, check=False
    )
    if engine.returncode != 0:
        return f"no Docker engine answers: {(engine.stderr or engine.stdout).strip().splitlines()[-1]}"
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, text=True, check=False)
    return None if plugin.returncode == 0 else "docker has no compose plugin"


REASON = why_not()
pytestmark = pytest.mark.skipif(REASON is not None, reason=str(REASON))


def free_ports(count: int) -> list[int]:
    """Different ports that nothing listens on now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@pytest.fixture(scope="module")
def compose(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerCompose]:
    """The stack, healthy, ``init`` done; removed with its volumes at the end."""
    ports = {f"{name}_PORT": str(port) for name, port in zip(PORTS, free_ports(len(PORTS)), strict=True)}
    settings = env_file(tmp_path_factory.mktemp("compose"), TIDEGATE_LAKE_CHECKPOINT_INTERVAL_S="5", **ports)
    with DockerCompose(str(PROJECT), build=True, env_file=str(settings), keep_volumes=False) as stack:
        yield stack


def test_events_go_all_the_way_and_the_proof_holds(compose: DockerCompose) -> None:
    summary = json.loads(tidegate(compose, "produce", "clicks", f"--count={EVENTS}", "--bad-ratio=0.02", "--json"))
    assert sum(end - start for start, end in summary["offsets"].values()) == EVENTS

    def holds() -> bool:
        report = json.loads(tidegate(compose, "prove", "clicks", "--json", may_fail=True) or "{}")
        return bool(report.get("holds"))

    wait_for("the proof of topics, lake and index", holds, timeout_s=180)


def test_init_may_run_again(compose: DockerCompose) -> None:
    output = run(compose, "run", "--rm", "--no-deps", "init")

    assert output.count("runs: http://") == 4


def test_nobody_in_a_container_is_root(compose: DockerCompose) -> None:
    for container in compose.get_containers():
        top = subprocess.run(
            ["docker", "top", str(container.ID), "-o", "pid,uid"], capture_output=True, text=True, check=True
        )
        assert "0" not in [line.split()[1] for line in top.stdout.splitlines()[1:]], container.Service


def tidegate(compose: DockerCompose, *arguments: str, may_fail: bool = False) -> str:
    """The command line in a container of its own; its standard output."""
    return run(compose, "--profile", "tools", "run", "--rm", "--no-deps", "tidegate", *arguments, may_fail=may_fail)


def run(compose: DockerCompose, *arguments: str, may_fail: bool = False) -> str:
    """`docker compose` with the files and settings of the running stack."""
    command = [*compose.compose_command_property, *arguments]
    result = subprocess.run(command, cwd=Path(PROJECT), capture_output=True, text=True, check=False)
    assert may_fail or result.returncode == 0, result.stdout + result.stderr
    return result.stdout
