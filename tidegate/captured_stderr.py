"""Standard error taken over line by line, so that whatever writes to it, a C library too, can be put into one form."""

import os
import sys
import threading
from collections.abc import Callable
from typing import TextIO

_CLOSING_TIMEOUT_S = 2.0
_END = "\x04"


class CapturedStderr:
    """Gives each line to ``on_line``; ``real`` is where standard error led before.

    Processes that are started meanwhile write here too, as long as this process lives.
    """

    def __init__(self, on_line: Callable[[str], None]) -> None:
        self.real: TextIO = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="backslashreplace")
        source, self._sink = os.pipe()
        os.dup2(self._sink, 2)
        self._lines = os.fdopen(source, encoding="utf-8", errors="backslashreplace")
        self._on_line = on_line
        self._reader = threading.Thread(target=self._read, name="stderr", daemon=True)
        self._reader.start()

    def close(self) -> None:
        """Passes on what is left and gives standard error back; nothing happens the second time."""
        if self.real.closed:
            return
        sys.stderr.flush()
        os.dup2(self.real.fileno(), 2)
        # Not the end of the pipe: a process that still runs keeps it open, and its lines are not waited for.
        os.write(self._sink, f"\n{_END}\n".encode())
        os.close(self._sink)
        self._reader.join(_CLOSING_TIMEOUT_S)
        self.real.close()

    def _read(self) -> None:
        for line in self._lines:
            if line == f"{_END}\n":
                return
            if text := line.rstrip():
                self._on_line(text)
