"""What a process with a Flink of its own is given, and how its failure is told."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from tidegate.errors import TidegateError, TransientError
from tidegate.jobs import own_flink as module
from tidegate.jobs.flink_run import CLIENT_JVM
from tidegate.jobs.own_flink import CLASS_PATH, environment, has_flink, output_of, trial_environment
from tidegate.log import REQUIRED
from tidegate.settings import Settings
from tidegate.stack.fetch import Cache

FAILED = dict.fromkeys(REQUIRED) | {"event": "failed", "error": "no such topic.", "remedy": "Make it."}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, cache=tmp_path / "cache")


def child(text: str, code: int) -> "subprocess.CompletedProcess[str]":
    """A process that says this and ends with that."""
    program = f"import sys; print('out'); sys.stderr.write({text!r}); sys.exit({code})"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_it_has_all_jars_of_the_jobs_and_a_jvm_that_starts_quickly(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []
    monkeypatch.setattr(Cache, "fetch", lambda _cache, groups, _console: fetched.extend(groups))
    monkeypatch.setattr(Cache, "files", lambda _cache, group: [Path("/cache") / f"{group}.jar"])
    monkeypatch.setattr(module, "build_connectors", lambda _cache: Path("/built/connectors.jar"))
    monkeypatch.delenv("JVM_ARGS", raising=False)

    found = environment(settings)

    assert has_flink() and fetched == ["flink"]
    assert found[CLASS_PATH].split(os.pathsep) == ["/cache/flink.jar", "/built/connectors.jar"]
    assert found["JVM_ARGS"] == CLIENT_JVM
    monkeypatch.setenv("JVM_ARGS", "-Xmx1g")
    assert environment(settings)["JVM_ARGS"] == "-Xmx1g", "what its user sets goes before"


def test_a_trial_hashes_personal_fields_by_the_settings_key_or_by_one_that_nobody_keeps(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "environment", lambda _settings: {})
    with_key = settings.model_copy(update={"privacy_key": SecretStr("ours")})

    assert trial_environment(with_key)["TIDEGATE_PRIVACY_KEY"] == "ours"
    assert len({trial_environment(settings)["TIDEGATE_PRIVACY_KEY"] for _ in range(2)}) == 2


def test_a_failure_is_told_by_the_process_itself_or_by_its_last_words(settings: Settings) -> None:
    assert output_of(child("a warning", 0), "it failed", "check", settings) == "out\n"
    for fact, kind in ({}, TidegateError), ({"transient": True}, TransientError):
        with pytest.raises(kind, match=r"no such topic\. Make it\."):
            output_of(child(json.dumps(FAILED | fact), 1), "it failed", "check", settings)

    with pytest.raises(TidegateError, match=r"^it failed: OutOfMemoryError\. The whole output is in .*run-check\.log"):
        output_of(child("first\nOutOfMemoryError", 1), "it failed", "check", settings)
    assert (settings.home / "logs" / "run-check.log").read_text() == "out\nfirst\nOutOfMemoryError\n"
