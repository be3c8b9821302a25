"""Files that commands keep in the home folder: written whole or not at all, and locks between commands."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from tidegate.errors import TidegateError


def write_whole(file: Path, text: str) -> Path:
    """Whole or not at all: a command may be killed in the middle, or another one write it too. Returns the file."""
    draft = file.with_name(f"{file.name}.{uuid4().hex}.draft")
    draft.write_text(text)
    draft.replace(file)
    return file


_held: set[int] = set()


@contextmanager
def one_at_a_time(lock: Path, problem: str, remedy: str) -> Iterator[None]:
    """Holds the lock, whose folder is made; the system gives it back if the process is killed.

    What a client of Flink runs for this process goes on then, and starts its jobs: until it ends, it has the lock.

    Raises:
        TidegateError: another process has it; says ``problem`` and ``remedy``.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise TidegateError(problem, remedy=remedy) from error
        _held.add(opened.fileno())
        try:
            yield
        finally:
            _held.discard(opened.fileno())


def locks_held() -> tuple[int, ...]:
    """The open files of the locks that this process has, to be handed to a process that is to have them too."""
    return tuple(sorted(_held))
