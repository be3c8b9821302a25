"""Lines and rows that are no record: counted, shown with their number, and kept in a file to be mended."""

import fcntl
import json
import os
import re
import stat
from collections.abc import Collection
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from rich.console import Console

from tidegate import log
from tidegate.errors import TidegateError

_SHOWN = 10
_LONGEST_REASON = 400
_BEGINNING = b'{"line": '
_NOT_PRINTED = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_OTHER_FILE = "Give another file as --rejects."


class Rejects:
    """Collects rejected lines in ``path``, one JSON object a line: ``line``, ``file``, ``reason``, ``text``.

    Each run writes a new file, and only if there is something to keep; with ``append`` it adds to that of the run
    before. ``inputs`` are the files that the run reads; the first of them is named in each entry. While it is entered,
    no other run writes the file.

    Raises:
        TidegateError: ``path`` is one of the inputs, by whatever name, or holds something else than rejected lines.
    """

    def __init__(self, path: Path, console: Console, inputs: Collection[Path] = (), *, append: bool = False) -> None:
        _refuse_other_content(path, inputs)
        self.path = path
        self.count = 0
        self._console = console
        self._source = next((str(each) for each in inputs), "")
        self._append = append
        self._file: BinaryIO | None = None

    def __enter__(self) -> "Rejects":
        self._opened()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            found = os.fstat(self._file.fileno())
            if stat.S_ISREG(found.st_mode) and not found.st_size:
                self.path.unlink(missing_ok=True)
            self._file.close()
            self._file = None

    def add(self, number: int, reason: str, text: bytes) -> None:
        """Keeps line ``number``.

        Raises:
            TidegateError: the file cannot be written.
        """
        reason = one_line(reason)
        kept = {
            "line": number,
            "file": self._source,
            "reason": reason,
            "text": text.decode("utf-8", errors="backslashreplace"),
        }
        try:
            file = self._opened()
            file.write(json.dumps(kept, ensure_ascii=False).encode("utf-8", errors="backslashreplace") + b"\n")
            file.flush()
        except OSError as error:
            raise TidegateError(f"{self.path} can't be written ({error.strerror}).", remedy=_OTHER_FILE) from error
        self.count += 1
        log.event("line_rejected", "warning", line=number, reason=reason, rejects_file=str(self.path))
        if self.count <= _SHOWN:
            self._console.print(f"line {number}: {reason}", style="yellow", markup=False, soft_wrap=True)
        if self.count == _SHOWN:
            self._console.print(f"further rejected lines are in {self.path} only", markup=False, soft_wrap=True)

    def _opened(self) -> BinaryIO:
        if self._file is None:
            self._file = _open_alone(self.path)
            if not self._append and stat.S_ISREG(os.fstat(self._file.fileno()).st_mode):
                self._file.truncate(0)
        return self._file


def one_line(reason: str) -> str:
    """A reason that a terminal and UTF-8 can show on one line, whatever a row held."""
    shown = _NOT_PRINTED.sub(lambda found: found[0].encode("unicode_escape").decode(), reason[: _LONGEST_REASON + 1])
    return shown if len(reason) <= _LONGEST_REASON else shown[:_LONGEST_REASON] + "…"


def _refuse_other_content(path: Path, inputs: Collection[Path]) -> None:
    try:
        found = path.stat()
    except OSError:  # a path without a file; whether one can be made shows when it is
        return
    if any(_is_file(each, found) for each in inputs):
        raise TidegateError(f"{path} is the input itself; it would be lost.", remedy=_OTHER_FILE)
    if not stat.S_ISREG(found.st_mode):
        return
    with path.open("rb") as file:
        beginning = file.read(len(_BEGINNING))
    if beginning not in (b"", _BEGINNING):
        raise TidegateError(f"{path} holds something else than rejected lines; it would be lost.", remedy=_OTHER_FILE)


def _is_file(path: Path, found: os.stat_result) -> bool:
    """Whether ``path`` (``-`` is standard input) is the file of ``found``, by whatever name."""
    try:
        other = os.fstat(0) if str(path) == "-" else path.stat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and os.path.samestat(other, found)


def _open_alone(path: Path) -> BinaryIO:
    """The file, to be appended to by this process alone until it is closed.

    Raises:
        TidegateError: another run writes it, or it cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            file = path.open("ab")
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                return file
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if path.exists() and os.path.samestat(found, path.stat()):
                return file
            file.close()  # the run before has just removed it
    except BlockingIOError as error:
        raise TidegateError(f"another run keeps its rejected lines in {path}.", remedy=_OTHER_FILE) from error
    except OSError as error:
        raise TidegateError(f"{path} can't be written ({error.strerror}).", remedy=_OTHER_FILE) from error
