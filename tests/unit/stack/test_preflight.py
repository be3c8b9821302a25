"""What stands in the way is found before any server is started."""

import shutil
import socket
from collections import namedtuple
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from tidegate.errors import TidegateError
from tidegate.settings import Settings
from tidegate.stack.fetch import Cache
from tidegate.stack.preflight import MINIMUM_FREE_DISK_GB, check_disk, check_memory, check_ports, not_running
from tidegate.stack.registry import Registry
from tidegate.stack.seaweedfs import SeaweedFS
from tidegate.stack.server import Server
from tidegate.stack.state import load_state

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def servers(tmp_path: Path) -> list[Server]:
    state = load_state(Settings.model_validate({"home": tmp_path}), choice="auto")
    cache = Cache(tmp_path / "cache", [])
    return [Registry(state, cache), SeaweedFS(state, cache)]


def test_the_disk_is_that_of_the_folder_that_will_be_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[Path] = []

    def usage(folder: Path) -> Usage:
        asked.append(folder)
        return Usage(0, 0, int(MINIMUM_FREE_DISK_GB * 10**9))

    monkeypatch.setattr(shutil, "disk_usage", usage)

    assert check_disk(tmp_path / "not" / "there") == MINIMUM_FREE_DISK_GB
    assert asked == [tmp_path]


def test_a_full_disk_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(0, 0, 5_900_000_000))

    with pytest.raises(TidegateError, match=r"Only 5\.9 GB are free at .*, 6 GB are needed") as caught:
        check_disk(tmp_path)
    assert "TIDEGATE_HOME" in caught.value.remedy


def test_memory_is_counted_for_the_servers_that_will_start(
    monkeypatch: pytest.MonkeyPatch, servers: list[Server]
) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=900_000_000))

    assert check_memory(servers[:1]) == 0.9
    with pytest.raises(TidegateError, match=r"Only 0\.9 GB .* registry, seaweedfs need 1\.0 GB"):
        check_memory(servers)


def test_a_port_in_use_is_named_with_the_variable_that_moves_it(servers: list[Server]) -> None:
    check_ports(servers)
    with socket.create_server(("127.0.0.1", servers[1].stack.ports.lake_catalog)):
        with pytest.raises(TidegateError, match=r"Port \d+ of seaweedfs is in use") as caught:
            check_ports(servers)
        check_ports(servers[:1])
    assert "TIDEGATE_PORT_LAKE_CATALOG" in caught.value.remedy


def test_servers_without_a_process_are_to_be_started(servers: list[Server]) -> None:
    assert not_running(servers) == servers
