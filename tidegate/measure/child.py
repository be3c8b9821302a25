"""One `tidegate … --json` command as a process of its own, so that Ctrl-C reaches it only when we say so."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from tidegate.errors import TidegateError
from tidegate.log import FORMAT_VARIABLE

STOP_TIMEOUT_S = 45.0


class Child:
    """Started at once; what it prints on standard error goes to ``log``."""

    def __init__(self, log: Path, *arguments: str) -> None:
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
                env=os.environ | {FORMAT_VARIABLE: "text"},  # its last line is read in result()
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
            TidegateError: it failed; carries its own line.
        """
        output, _ = self._process.communicate()
        if self._process.returncode != 0:
            lines = self._log.read_text(errors="replace").strip().splitlines() or ["it said nothing"]
            problem = lines[-1].removeprefix("error: ")
            raise TidegateError(f"`{self._name}` failed: {problem}", remedy=f"All it said is in {self._log}.")
        summary = json.loads(output)
        assert isinstance(summary, dict)
        return summary

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
