"""Running a server that refuses root."""

import os
import subprocess
from pathlib import Path

import pytest

from tidegate.stack.privileges import unprivileged

NAMESPACES = subprocess.run(["unshare", "--user", "true"], capture_output=True, check=False).returncode == 0


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)


def test_a_normal_user_needs_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert unprivileged([tmp_path]) is None


@pytest.mark.usefixtures("as_root")
def test_root_becomes_another_user_where_that_user_can_read() -> None:
    user = unprivileged([Path("/usr/bin"), Path("/bin/sh")])
    assert user is not None
    assert Path(user.prefix[0]).name == "setpriv"
    assert user.owner_uid != 0


@pytest.mark.skipif(not NAMESPACES, reason="this system allows no user namespaces")
@pytest.mark.usefixtures("as_root")
def test_folders_closed_to_others_are_read_from_a_user_namespace(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    user = unprivileged([closed])
    assert user is not None
    assert Path(user.prefix[0]).name == "unshare"
    assert user.owner_uid == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_all_in_a_folder_is_given_to_the_server(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "file").touch()
    user = unprivileged([Path("/usr/bin")])
    assert user is not None
    user.give(tmp_path / "data")
    assert (tmp_path / "data" / "file").stat().st_uid == user.owner_uid
