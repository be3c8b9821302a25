"""One proof as a process of its own, ended when it takes too long or too much memory."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psutil

from tidegate.child_process import child_environment, last_words, reported_error
from tidegate.errors import TidegateError
from tidegate.settings import Settings

NICE = ("nice", "-n", "10")
LOOK_S = 0.5
KILL_AFTER_S = 10.0
Report = Mapping[str, Any]
"""As :meth:`tidegate.proof.report.ProofReport.to_json` gives it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one proof may take: of time, and of memory with its processes together."""

    seconds: float = 1800.0
    memory_mb: float = 1500.0


@dataclass(frozen=True, slots=True)
class UnderWay:
    """The proof that is being made, and since when (seconds since 1970)."""

    dataset: str
    began_s: float


class ProofProcess:
    """Runs one proof at a time, whoever asks; called as ``prove(dataset, start)``. ``without``: ``lake``, ``index``."""

    def __init__(self, settings: Settings, without: Sequence[str] = (), limits: Limits | None = None) -> None:
        self._settings = settings
        self._without = without
        self._limits = limits or Limits()
        self._turn = threading.Lock()
        self._starting = threading.Lock()
        self._is_stopped = False
        self._running: subprocess.Popen[str] | None = None
        self.under_way: UnderWay | None = None

    def __call__(self, dataset: str, start: datetime) -> Report:
        """The report on the dataset's events since ``start``.

        Raises:
            TidegateError: it can't be made, was ended over a limit, or all proofs were stopped.
        """
        with self._turn:
            self.under_way = UnderWay(dataset, time.time())
            try:
                out, err = self._wait(dataset, self._begun(dataset, start))
            finally:
                self.under_way = None
        return parse(dataset, out, err)

    def command(self, dataset: str, start: datetime) -> list[str]:
        """The command line of one proof."""
        proof = [sys.executable, "-m", "tidegate", "prove", dataset, "--json", "--from", start.isoformat()]
        return [*NICE, *proof, *(f"--no-{layer}" for layer in self._without)]

    def stop(self) -> None:
        """Ends the proof that is being made, if any; no other is begun."""
        with self._starting:  # a process that is not known yet would be left behind
            self._is_stopped = True
        if self._running is not None and self._running.poll() is None:
            _signal(self._running, signal.SIGTERM)

    def _begun(self, dataset: str, start: datetime) -> "subprocess.Popen[str]":
        with self._starting:
            if self._is_stopped:
                raise TidegateError(f"{dataset} is not proved: proofs were stopped.", remedy="Start the monitor again.")
            self._running = subprocess.Popen(
                self.command(dataset, start),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=child_environment(self._settings),
                text=True,
                start_new_session=True,  # so that its own processes end with it
            )
            return self._running

    def _wait(self, dataset: str, process: "subprocess.Popen[str]") -> tuple[str, str]:
        until_s = time.monotonic() + self._limits.seconds
        while True:
            try:
                return process.communicate(timeout=LOOK_S)
            except subprocess.TimeoutExpired:
                if time.monotonic() > until_s:
                    raise _ended(dataset, process, f"longer than {self._limits.seconds:g} s", "--prove-limit") from None
                if memory_mb(process.pid) > self._limits.memory_mb:
                    over = f"over {self._limits.memory_mb:g} MB of memory"
                    raise _ended(dataset, process, over, "--prove-memory") from None


def memory_mb(pid: int) -> float:
    """What a process and those it started hold together; 0 of one that has ended."""
    with suppress(psutil.Error):
        parent = psutil.Process(pid)
        return sum(_rss_bytes(each) for each in [parent, *parent.children(recursive=True)]) / 2**20
    return 0.0


def parse(dataset: str, out: str, err: str) -> Report:
    """The report that ``tidegate prove --json`` printed.

    Raises:
        TidegateError: it printed none; says why, as the proof itself does. TransientError: for an outage.
    """
    try:
        report = json.loads(out)
    except ValueError as error:
        problem = f"{dataset} can't be proved"
        if (own := reported_error(err)) is not None:
            raise type(own)(f"{problem}: {own.problem}", remedy=own.remedy) from error
        remedy = f"Run `tidegate prove {dataset}` to see all of it."
        raise TidegateError(f"{problem}: {last_words(err)}", remedy=remedy) from error
    assert isinstance(report, dict)
    return report


def _rss_bytes(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0


def _ended(dataset: str, process: "subprocess.Popen[str]", what: str, option: str) -> TidegateError:
    """Ends the process, by force if need be, and tells why."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        _signal(process, number)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=KILL_AFTER_S)
            break
    return TidegateError(
        f"the proof of {dataset} took {what} and was ended.",
        remedy=f"Prove a shorter time (--prove-window), or allow more ({option}).",
    )


def _signal(process: "subprocess.Popen[str]", number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
