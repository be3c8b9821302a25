"""How far a followed file was sent, kept in a file that one run at a time holds.

It is written once Kafka has acknowledged all lines before it, by a rename, so it is whole whenever the machine stops. A
run that was killed sends again what it sent after the last writing, and nothing else: with the same ids, so that these
lines count as duplicates for as long as the contract's ``dedup_ttl_hours``.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple

from tidegate.errors import TidegateError

_FINGERPRINT_BYTES = 256


class Mark(NamedTuple):
    """How far a file was sent: ``number`` lines, up to ``offset``.

    A file keeps its inode when it is renamed, and loses it when it is copied; an inode may get another file. So
    ``digest`` says what stands at the file's start and before ``offset``.
    """

    device: int
    inode: int
    offset: int
    number: int
    digest: str


def fingerprint(start: bytes, before: bytes) -> str:
    """The digest of a mark: of the first bytes of a file, and of those before an offset, at most 256 each."""
    return hashlib.sha256(start[:_FINGERPRINT_BYTES] + b"\n" + before[-_FINGERPRINT_BYTES:]).hexdigest()[:32]


def fingerprint_at(file: BinaryIO, offset: int) -> str | None:
    """The digest of a file that may be read from anywhere; None if it is shorter. The file is then read on there."""
    file.seek(0)
    start = file.read(min(offset, _FINGERPRINT_BYTES))
    length = min(offset, _FINGERPRINT_BYTES)
    file.seek(offset - length)
    before = file.read(length)
    return fingerprint(start, before) if len(before) == length else None


class PositionFile:
    """The marks of the file ``followed``, as ``dataset``; oldest first where it was rotated.

    Raises:
        TidegateError: another run holds it, or it is no position of that file.
    """

    def __init__(self, path: Path, followed: Path, dataset: str) -> None:
        self._path = path
        self._whose = {"dataset": dataset, "path": str(followed.absolute())}
        self._lock: BinaryIO | None = None

    @staticmethod
    def default(home: Path, followed: Path, dataset: str) -> Path:
        """Where the position is kept if nobody says so."""
        absolute = str(followed.absolute())
        name = hashlib.sha256(os.fsencode(absolute)).hexdigest()[:12]
        return home / "producers" / f"{dataset}-{name}.position"

    def __enter__(self) -> "PositionFile":
        lock = self._path.with_name(self._path.name + ".lock")
        try:
            lock.parent.mkdir(parents=True, exist_ok=True)
            self._lock = lock.open("ab")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.__exit__(None, None, None)
            raise TidegateError(
                f"another run follows {self._whose['path']} as {self._whose['dataset']}.", remedy="Let it go on alone."
            ) from error
        except OSError as error:
            raise TidegateError(
                f"{lock} can't be written ({error.strerror}).", remedy="Give another --position."
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def read(self) -> list[Mark]:
        """The marks; none if nothing was sent before."""
        try:
            state = json.loads(self._path.read_text())
            marks = [Mark(int(d), int(i), int(o), int(n), str(digest)) for d, i, o, n, digest in state["marks"]]
            whose = {name: state[name] for name in self._whose}
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, LookupError) as error:
            remedy = "Give another --position, or remove it to send the file from its start."
            raise TidegateError(f"{self._path} is no position of a followed file.", remedy=remedy) from error
        if whose != self._whose:
            raise TidegateError(
                f"{self._path} is the position of {whose['path']} as {whose['dataset']}.",
                remedy="Give another --position.",
            )
        return marks

    def write(self, marks: Sequence[Mark]) -> None:
        """Keeps the marks.

        Raises:
            TidegateError: the file cannot be written.
        """
        unfinished = self._path.with_name(self._path.name + ".new")
        try:
            with unfinished.open("w") as file:
                json.dump({**self._whose, "marks": marks}, file)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._path)
        except OSError as error:
            raise TidegateError(
                f"{self._path} can't be written ({error.strerror}).", remedy="Give another --position."
            ) from error
