"""Reading the servers' log files."""

import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

_POLL_S = 0.3


def tail(file: Path, count: int) -> list[str]:
    """The last lines of a log, none if it does not exist."""
    if not file.exists():
        return []
    with file.open(errors="replace") as lines:
        return [line.rstrip("\n") for line in deque(lines, maxlen=count)]


def follow(files: dict[str, Path]) -> Iterator[tuple[str, str]]:
    """Name and line of what is added after this call, without end; a log that begins again is read from its start."""
    return _follow(files, {name: file.stat().st_size if file.exists() else 0 for name, file in files.items()})


def _follow(files: dict[str, Path], positions: dict[str, int]) -> Iterator[tuple[str, str]]:
    while True:
        for name, file in files.items():
            lines, positions[name] = _added(file, positions[name])
            yield from ((name, line) for line in lines)
        time.sleep(_POLL_S)


def _added(file: Path, position: int) -> tuple[list[str], int]:
    if not file.exists():
        return [], 0
    with file.open("rb") as log:
        start = position if file.stat().st_size >= position else 0
        log.seek(start)
        # An unfinished last line waits for its rest.
        whole, newline, _ = log.read().rpartition(b"\n")
    return whole.decode(errors="replace").splitlines(), start + len(whole) + len(newline)
