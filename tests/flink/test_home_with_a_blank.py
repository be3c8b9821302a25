"""Flink's own scripts, from a stack's folder and a cache whose paths have a blank; no server is started."""

import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.polling import HANGS_S
from tidegate.jobs.flink_run import environment
from tidegate.settings import Settings
from tidegate.stack.fetch import Cache
from tidegate.stack.flink import JobManager
from tidegate.stack.state import load_state


def test_the_client_finds_flink_its_configuration_and_its_class_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # where the links go
    settings = Settings.model_validate({"home": tmp_path / "a b", "cache": tmp_path / "c d"})
    state = load_state(settings, choice="auto")
    JobManager(state, Cache(settings.cache, [])).prepare()
    flink = state.endpoints()["flink_home"]
    assert isinstance(flink, Path)

    done = subprocess.run(
        [flink / "bin" / "flink", "--version"],
        env=environment(settings.model_copy(update={"flink_home": flink})),
        capture_output=True,
        text=True,
        check=False,
        timeout=HANGS_S,
    )

    assert done.stdout.startswith("Version: 2.")
    assert "[ERROR]" not in done.stdout + done.stderr
    assert "No such file" not in done.stderr
    assert not (tmp_path / "a").exists()
