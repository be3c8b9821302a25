"""What a demo leaves behind, with real processes in place of the servers; a whole one is tests/stack/test_demo.py."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from tidegate.demo import prepare
from tidegate.demo.options import DemoOptions
from tidegate.demo.run import Demo
from tidegate.errors import TidegateError
from tidegate.settings import Settings
from tidegate.stack import process
from tidegate.stack.home import claim
from tidegate.stack.process import Command, ProcessFiles

SERVER = Command([sys.executable, "-c", "import signal; signal.pause()"])


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[ProcessFiles]:
    """A server of the stack, not started yet."""
    claim(tmp_path)
    files = ProcessFiles("kafka", tmp_path)
    yield files
    process.stop(files, 5)


def run(kafka: ProcessFiles, monkeypatch: pytest.MonkeyPatch, *, keep: bool = False) -> str:
    """What a demo says that starts the server, if it does not run, and fails at its first phase."""

    def start_stack(*_: object) -> Settings:
        if process.running(kafka) is None:
            process.spawn(kafka, SERVER)
        raise TidegateError("a phase failed.", remedy="None.")

    monkeypatch.setattr(prepare, "start_stack", start_stack)
    console = Console(width=200)
    with console.capture() as said, pytest.raises(TidegateError, match="a phase failed"):
        Demo(Settings.model_validate({"home": kafka.home}), DemoOptions(keep=keep), console).run()
    return said.get()


def test_what_it_has_started_is_taken_down(kafka: ProcessFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "1 servers stopped" in run(kafka, monkeypatch)
    assert process.running(kafka) is None


def test_what_is_to_be_kept_is_left(kafka: ProcessFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    run(kafka, monkeypatch, keep=True)
    assert process.running(kafka) is not None


@pytest.mark.parametrize("keep", [False, True])
def test_a_stack_that_ran_before_is_left_running(
    kafka: ProcessFiles, monkeypatch: pytest.MonkeyPatch, keep: bool
) -> None:
    started = process.spawn(kafka, SERVER)
    assert "ran before and is left running" in run(kafka, monkeypatch, keep=keep)
    assert process.running(kafka) == started
