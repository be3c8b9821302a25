"""A proof is a process: what it says is heard, and it is ended over its limits, with all that it has started."""

import json
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from functools import partial
from typing import Any

import psutil
import pytest

from tests.polling import wait_for
from tidegate.errors import TidegateError
from tidegate.monitor.proof_process import Limits, ProofProcess, memory_mb, parse
from tidegate.settings import Settings

POPEN = subprocess.Popen
NOW = datetime(2026, 1, 1, tzinfo=UTC)
HANGS = "import time; time.sleep(600)"
GROWS = "import time; held = bytearray(200 * 2**20); time.sleep(600)"
STARTS_ANOTHER = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {GROWS!r}])"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {HANGS}"


class Scripted(ProofProcess):
    """Runs a program in place of a proof."""

    def __init__(self, program: str, limits: Limits) -> None:
        super().__init__(Settings(), limits=limits)
        self._program = program

    def command(self, dataset: str, start: datetime) -> list[str]:
        return [sys.executable, "-c", self._program]


def test_the_report_of_a_proof_that_does_not_hold_is_one_too() -> None:
    assert parse("clicks", json.dumps({"holds": False}), "") == {"holds": False}


def test_a_proof_that_ended_without_a_word_of_ours_says_its_last_line() -> None:
    with pytest.raises(TidegateError, match=r"clicks can't be proved: Killed") as caught:
        parse("clicks", "", "warning: x\nKilled\n")
    assert caught.value.remedy == "Run `tidegate prove clicks` to see all of it."


def test_a_proof_that_can_not_be_made_says_why_and_what_to_do() -> None:
    with pytest.raises(TidegateError) as caught:
        ProofProcess(Settings())("nothing", datetime.now(UTC))
    assert caught.value.problem == "nothing can't be proved: there is no dataset 'nothing'."
    assert caught.value.remedy.startswith("Known: ")


@pytest.mark.parametrize(
    ("program", "limits", "why", "option"),
    [
        (HANGS, Limits(seconds=0.2), r"longer than 0\.2 s", "--prove-limit"),
        (STUBBORN, Limits(seconds=2), "longer than 2 s", "--prove-limit"),
        (GROWS, Limits(memory_mb=100), "over 100 MB of memory", "--prove-memory"),
        (STARTS_ANOTHER, Limits(memory_mb=100), "over 100 MB of memory", "--prove-memory"),
    ],
    ids=["hangs", "does not listen", "grows", "its worker grows"],
)
def test_a_proof_over_a_limit_is_ended_with_all_it_has_started(
    program: str, limits: Limits, why: str, option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidegate.monitor.proof_process.LOOK_S", 0.1)
    monkeypatch.setattr("tidegate.monitor.proof_process.KILL_AFTER_S", 1.0)
    before = set(psutil.Process().children(recursive=True))
    process = Scripted(program, limits)
    with pytest.raises(TidegateError, match=rf"the proof of clicks took {why} and was ended") as caught:
        process("clicks", NOW)
    assert option in caught.value.remedy and "--prove-window" in caught.value.remedy
    assert process.under_way is None
    running = process._running
    assert running is not None
    wait_for("all of its processes to be gone", lambda: memory_mb(running.pid) == 0)
    assert not {each for each in psutil.Process().children(recursive=True) if each.is_running()} - before


def test_one_proof_is_made_at_a_time_and_is_told_while_it_is() -> None:
    process, ended = Scripted(HANGS, Limits()), list[str]()

    def prove(dataset: str) -> None:
        with pytest.raises(TidegateError):
            process(dataset, NOW)
        ended.append(dataset)

    threads = [threading.Thread(target=prove, args=(name,), daemon=True) for name in ("clicks", "orders")]
    for thread in threads:
        thread.start()
    for _ in threads:
        now = wait_for("a proof", lambda: process.under_way)
        assert now.dataset not in ended
        assert abs(now.began_s - time.time()) < 60
        running = wait_for("its process", lambda: _alive(process._running))
        running.kill()
        wait_for("its end", partial(ended.__contains__, now.dataset))
    assert sorted(ended) == ["clicks", "orders"]
    assert process.under_way is None


def test_a_stop_while_a_proof_begins_ends_it_and_no_other_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    process = Scripted(HANGS, Limits(seconds=5))
    stopper = threading.Thread(target=process.stop)
    begun = list[subprocess.Popen[str]]()

    def popen(*args: Any, **options: Any) -> "subprocess.Popen[str]":
        begun.append(POPEN(*args, **options))
        stopper.start()
        stopper.join(0.2)  # now the process is there, and nobody knows of it yet
        return begun[-1]

    monkeypatch.setattr(subprocess, "Popen", popen)
    try:
        with pytest.raises(TidegateError, match="clicks can't be proved"):
            process("clicks", NOW)
        assert begun[0].returncode == -signal.SIGTERM
        with pytest.raises(TidegateError, match="clicks is not proved: proofs were stopped"):
            process("clicks", NOW)
    finally:
        begun[0].kill()
    assert len(begun) == 1
    assert process.under_way is None


def _alive(process: "subprocess.Popen[str] | None") -> "subprocess.Popen[str] | None":
    return process if process is not None and process.poll() is None else None
