"""Lines that are no event: counted, shown with their number, and kept in a file that can be fixed and sent again."""

import json
from pathlib import Path
from types import TracebackType
from typing import TextIO

from rich.console import Console

from tidegate import log

_SHOWN = 10


class Rejects:
    """Collects rejected lines in ``path``, one JSON object a line: ``line``, ``reason``, ``text``.

    Each run writes a new file, and only if there is something to keep.
    """

    def __init__(self, path: Path, console: Console) -> None:
        self.path = path
        self.count = 0
        self._console = console
        self._file: TextIO | None = None
        path.unlink(missing_ok=True)

    def __enter__(self) -> "Rejects":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, number: int, reason: str, text: bytes) -> None:
        """Keeps line ``number``."""
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8")
        entry = {"line": number, "reason": reason, "text": text.decode("utf-8", errors="backslashreplace")}
        self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        self._file.flush()
        self.count += 1
        log.event("line_rejected", "warning", line=number, reason=reason, rejects_file=str(self.path))
        if self.count <= _SHOWN:
            self._console.print(f"line {number}: {reason}", style="yellow", markup=False, soft_wrap=True)
        if self.count == _SHOWN:
            self._console.print(f"further rejected lines are in {self.path} only", markup=False, soft_wrap=True)
