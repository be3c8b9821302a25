"""The registry's command."""

from pathlib import Path

import pytest

from tidegate.settings import Settings
from tidegate.stack.fetch import Cache
from tidegate.stack.lockfile import LockedFile
from tidegate.stack.process import Command
from tidegate.stack.registry import Registry
from tidegate.stack.state import StackState, load_state


@pytest.fixture
def state(tmp_path: Path) -> StackState:
    return load_state(Settings.model_validate({"home": tmp_path}), choice="auto")


@pytest.fixture
def command(state: StackState, tmp_path: Path) -> Command:
    archive = LockedFile("registry", "registry.tar.gz", 1, "0" * 64)
    program = tmp_path / "cache" / "unpacked" / f"registry-{archive.sha256[:12]}"
    java = tmp_path / "cache" / "java"
    for file in (program / "quarkus-run.jar", java / "java-21.jsa"):
        file.parent.mkdir(parents=True)
        file.touch()
    return Registry(state, Cache(tmp_path / "cache", [archive])).command()


def test_it_listens_on_loopback_only(command: Command, state: StackState) -> None:
    hosts = {value for name, value in command.env.items() if name.endswith("_HOST")}

    assert hosts == {"127.0.0.1"}
    assert command.env["QUARKUS_HTTP_PORT"] == str(state.ports.registry)
    assert command.env["QUARKUS_MANAGEMENT_PORT"] == str(state.ports.registry_management)


def test_a_schema_is_on_disk_before_its_id_is_given_away(command: Command, tmp_path: Path) -> None:
    url = command.env["APICURIO_DATASOURCE_URL"]

    assert url.startswith(f"jdbc:h2:file:{tmp_path}/data/registry/")
    assert ";WRITE_DELAY=0" in url


def test_it_runs_where_its_program_is_unpacked(command: Command) -> None:
    assert command.cwd is not None
    assert command.argv[-2:] == ["-jar", "quarkus-run.jar"]
    assert (command.cwd / command.argv[-1]).is_file()
