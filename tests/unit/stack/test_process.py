"""Detached processes, with real ones."""

import json
import os
import sys
from pathlib import Path

import psutil
import pytest

from tidegate.stack import process
from tidegate.stack.process import Command, ProcessFiles

SLEEPER = Command([sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()"])
STUBBORN = Command(
    [
        sys.executable,
        "-c",
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True)\n"
        "while True: signal.pause()",
    ]
)
PARENT = Command(["sh", "-c", "sleep 600 & echo up; wait"])


@pytest.fixture
def files(tmp_path: Path) -> ProcessFiles:
    return ProcessFiles("sleeper", tmp_path)


def start(files: ProcessFiles, command: Command) -> psutil.Process:
    """The process, once it has said that it is up."""
    started = process.spawn(files, command)
    while "up" not in files.log_file.read_text():
        assert started.is_running()
    return started


def test_a_spawned_process_runs_in_its_own_session_until_stopped(files: ProcessFiles) -> None:
    started = start(files, SLEEPER)
    assert process.running(files) == started
    assert os.getsid(started.pid) == started.pid
    assert process.stop(files, grace_s=10)
    assert not psutil.pid_exists(started.pid)
    assert not files.pid_file.exists()


def test_a_process_that_ignores_term_is_killed(files: ProcessFiles) -> None:
    started = start(files, STUBBORN)
    assert process.stop(files, grace_s=0.2)
    assert not psutil.pid_exists(started.pid)


def test_children_are_stopped_with_their_parent(files: ProcessFiles) -> None:
    started = start(files, PARENT)
    (child,) = started.children()
    assert {member.pid for member in process.processes_of(files.home)} == {started.pid, child.pid}
    process.stop(files, grace_s=10)
    psutil.wait_procs([child], timeout=10)
    assert list(process.processes_of(files.home)) == []


def test_children_of_a_crashed_process_end_when_it_starts_again(files: ProcessFiles) -> None:
    crashed = start(files, PARENT)
    (orphan,) = crashed.children()
    crashed.kill()
    crashed.wait(10)
    assert orphan.is_running()
    files.log_file.unlink()
    started = start(files, SLEEPER)
    psutil.wait_procs([orphan], timeout=10)
    assert list(process.processes_of(files.home)) == [started]
    process.stop(files, grace_s=10)


def test_a_reused_pid_is_neither_running_nor_stopped(files: ProcessFiles) -> None:
    files.pid_file.parent.mkdir()
    files.pid_file.write_text(json.dumps({"pid": os.getpid(), "started": 1.0}))
    assert process.running(files) is None
    assert not process.stop(files, grace_s=1)


def test_a_step_of_the_clock_changes_nothing(files: ProcessFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    started = start(files, SLEEPER)
    made = psutil.Process.create_time
    monkeypatch.setattr(psutil.Process, "create_time", lambda self: made(self) + 3600)  # it is reckoned from the clock
    assert process.running(files) is not None
    assert process.stop(files, grace_s=10)
    assert not psutil.pid_exists(started.pid)


def test_the_same_pid_after_a_reboot_is_another_process(files: ProcessFiles) -> None:
    files.pid_file.parent.mkdir()
    _, _, ticks = str(process.identity(psutil.Process())).partition("/")
    files.pid_file.write_text(json.dumps({"pid": os.getpid(), "started": f"another-boot/{ticks}"}))
    assert process.running(files) is None


def test_a_pid_file_of_an_earlier_version_is_understood(files: ProcessFiles) -> None:
    files.pid_file.parent.mkdir()
    own = psutil.Process()
    files.pid_file.write_text(json.dumps({"pid": own.pid, "started": own.create_time()}))
    assert process.running(files) == own


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"pid": 1, "started": null}', '{"pid": "x", "started": 1}'])
def test_a_damaged_pid_file_means_not_running(files: ProcessFiles, text: str) -> None:
    files.pid_file.parent.mkdir()
    files.pid_file.write_text(text)
    assert process.running(files) is None


def test_the_log_of_the_run_before_is_kept(files: ProcessFiles) -> None:
    for word in ("first up", "second up"):
        process.spawn(files, Command(["sh", "-c", f"echo {word}"])).wait(10)
    assert files.previous_log_file.read_text() == "first up\n"
    assert files.log_file.read_text() == "second up\n"


def test_memory_of_a_process_includes_its_children(files: ProcessFiles) -> None:
    started = start(files, PARENT)
    assert process.rss_bytes(started) > started.memory_info().rss
    process.stop(files, grace_s=10)
    assert process.rss_bytes(started) == 0
