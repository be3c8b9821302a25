"""One `tidegate … --json` command as a process of its own, so that Ctrl-C reaches it only when we say so."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tidegate.child_process import child_environment, last_words, reported_error
from tidegate.errors import TidegateError
from tidegate.settings import Settings

STOP_TIMEOUT_S = 45.0


class Child:
    """Started at once; what it says on standard error goes to ``log``: one JSON object a line (docs/runbook.md)."""

    def __init__(self, settings: Settings, log: Path, *arguments: str) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self._log = log
        self._name = f"tidegate {' '.join(arguments[:2])}"
        with log.open("w") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tidegate", *arguments, "--json"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
                env=child_environment(settings),
            )

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def result(self) -> dict[str, Any]:
        """Waits for its end and returns what it printed.

        Raises:
            TidegateError: it failed; carries its own problem and remedy. TransientError: for an outage.
        """
        output, _ = self._process.communicate()
        if self._process.returncode != 0:
            raise self._failure()
        summary = json.loads(output)
        assert isinstance(summary, dict)
        return summary

    def _failure(self) -> TidegateError:
        said, where = self._log.read_text(errors="replace"), f"All it said is in {self._log}."
        if (own := reported_error(said)) is not None:
            return type(own)(f"`{self._name}` failed: {own.problem}", remedy=f"{own.remedy} {where}")
        return TidegateError(f"`{self._name}` failed: {last_words(said)}", remedy=where)

    def stop(self) -> None:
        """Asks it to end, as Ctrl-C would, and waits; nothing happens if it has ended."""
        if not self.running():
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.communicate(timeout=STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
