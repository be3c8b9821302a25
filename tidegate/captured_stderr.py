"""Standard error taken over line by line, so that whatever writes to it, a C library too, can be put into one form."""

import os
import sys
import threading
from collections.abc import Callable
from typing import TextIO

_CLOSING_TIMEOUT_S = 2.0


class CapturedStderr:
    """Gives each line to ``on_line``; ``real`` is where standard error led before.

    Processes that are started meanwhile write here too, as long as this process lives.
    """

    def __init__(self, on_line: Callable[[str], None]) -> None:
        self.real: TextIO = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="backslashreplace")
        source, sink = os.pipe()
        os.dup2(sink, 2)
        os.close(sink)
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
        # A process that still runs keeps the pipe open: its lines are not waited for.
        self._reader.join(_CLOSING_TIMEOUT_S)
        self.real.close()

    def _read(self) -> None:
        for line in self._lines:
            if text := line.rstrip():
                self._on_line(text)
