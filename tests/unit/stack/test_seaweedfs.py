"""The object store's command and its credentials."""

import json
import tempfile
from pathlib import Path

import pytest

from tidegate.settings import Settings
from tidegate.stack.fetch import Cache
from tidegate.stack.ports import Ports
from tidegate.stack.seaweedfs import SeaweedFS
from tidegate.stack.state import load_state


@pytest.fixture
def server(tmp_path: Path) -> SeaweedFS:
    return SeaweedFS(load_state(Settings.model_validate({"home": tmp_path}), choice="auto"), Cache(tmp_path, []))


def options(server: SeaweedFS) -> dict[str, str]:
    return dict(each.removeprefix("-").split("=", 1) for each in server.command().argv if each.startswith("-"))


def test_it_listens_on_loopback_at_the_ports_it_names(server: SeaweedFS) -> None:
    given = options(server)
    numbers = {value for name, value in given.items() if ".port" in name and name != "s3.port.lance"}

    assert given["ip"] == given["ip.bind"] == "127.0.0.1"
    assert numbers == {str(server.stack.ports.get(name)) for name in server.port_names}
    assert all(name in Ports.model_fields for name in server.port_names)


def test_its_keys_are_in_a_file_for_its_owner_and_not_in_the_command(server: SeaweedFS) -> None:
    server.prepare()

    file = Path(options(server)["s3.config"])
    (identity,) = json.loads(file.read_text())["identities"]
    secret = server.stack.s3_secret_key.get_secret_value()
    assert identity["credentials"] == [{"accessKey": server.stack.s3_access_key, "secretKey": secret}]
    assert file.stat().st_mode & 0o077 == 0
    assert secret not in " ".join(server.command().argv)


def test_its_litter_is_the_sockets_of_its_own_ports(
    server: SeaweedFS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    own, others = (
        tmp_path / f"seaweedfs-filer-{server.stack.ports.seaweedfs_filer}.sock",
        tmp_path / "seaweedfs-s3-1.sock",
    )
    for socket in (own, others):
        socket.touch()

    assert server.litter() == [own]
