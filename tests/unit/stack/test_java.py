"""The Java runtime that the servers run on."""

import subprocess
from pathlib import Path

import pytest

from tidegate.errors import TidegateError
from tidegate.stack import java as module
from tidegate.stack.java import java, java_home, jvm_options


def test_the_runtime_is_the_wheels_own_and_runs() -> None:
    answer = subprocess.run([java(), "--version"], capture_output=True, text=True, check=True)

    assert Path(java()).is_relative_to(java_home())
    assert answer.stdout.startswith("openjdk 21.")


def test_without_the_wheel_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: None)

    with pytest.raises(TidegateError, match="not installed") as caught:
        java_home()
    assert "pip install 'tidegate[flink,lake]'" in caught.value.remedy


def test_the_heap_is_bounded_and_temporary_files_are_the_servers_own(tmp_path: Path) -> None:
    options = jvm_options(512, tmp_path)

    assert {"-Xms256m", "-Xmx512m", f"-Djava.io.tmpdir={tmp_path}"} <= {*options}
