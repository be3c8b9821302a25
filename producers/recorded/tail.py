"""One file that grows: read on from where it was, until another content takes its place."""

import io
import os
from pathlib import Path

from producers.recorded.inputs import CHUNK_BYTES, open_input, read_errors
from producers.recorded.position import Mark, fingerprint, fingerprint_at
from producers.recorded.rotation import Identity
from producers.recorded.split import Line, Splitter
from tidegate.errors import TidegateError

_REMEMBERED_BYTES = 256


class Tail:
    """A file, open, whose lines before ``offset`` (``number`` of them) are known; ``key`` is their ``Line.file``.

    Raises:
        TidegateError: the file cannot be read.
    """

    def __init__(self, path: Path, key: str, offset: int = 0, number: int = 0) -> None:
        self.key = key
        self.quiet_since_s = 0.0
        self.splitter = Splitter(number, offset, key)
        self._began = Line(number, b"", key, offset)
        self._offset = offset
        self._open(path)
        self._start = b"" if self.is_whole else self._at(0, min(offset, _REMEMBERED_BYTES))
        self._before = b"" if self.is_whole else self._at(max(0, offset - _REMEMBERED_BYTES), offset)

    def _open(self, path: Path) -> None:
        self.path = path
        self._file = open_input(path)
        found = os.fstat(self._file.fileno())
        self.identity: Identity = (found.st_dev, found.st_ino)
        self.is_whole = not isinstance(self._file, io.BufferedReader)  # decompressed, so it grows no more
        if self.is_whole:
            with read_errors(path):
                fingerprint_at(self._file, self._offset)

    def read(self) -> bytes | None:
        """The next bytes, none at the end for now, and None once the file holds something else than what was read."""
        with read_errors(self.path):
            if self.is_whole:
                return self._file.read(CHUNK_BYTES)
            if self._at(self._offset - len(self._before), self._offset) != self._before:
                return None
            chunk = self._at(self._offset, self._offset + CHUNK_BYTES)
        self._offset += len(chunk)
        self._before = (self._before + chunk[-_REMEMBERED_BYTES:])[-_REMEMBERED_BYTES:]
        if len(self._start) < _REMEMBERED_BYTES:
            self._start = (self._start + chunk)[:_REMEMBERED_BYTES]
        return chunk

    def read_so_far(self) -> Mark:
        """How far the file was read, for a copy of it to be read on there."""
        return Mark(*self.identity, self._offset, self.splitter.number, fingerprint(self._start, self._before))

    def go_on_in(self, copy: Path) -> None:
        """Reads on in a copy of the file, which has lost its content."""
        self._file.close()
        self._open(copy)

    def modified_ns(self) -> int:
        """When the file was written last."""
        return os.fstat(self._file.fileno()).st_mtime_ns

    def mark(self, taken: Line | None) -> Mark:
        """The mark after the line ``taken``, None where none of this file was."""
        line = taken or self._began
        if not self.is_whole:
            start = self._at(0, min(line.end, _REMEMBERED_BYTES))
            before = self._at(max(0, line.end - _REMEMBERED_BYTES), line.end)
            return Mark(*self.identity, line.end, line.number, fingerprint(start, before))
        try:
            with open_input(self.path) as file, read_errors(self.path):
                digest = fingerprint_at(file, line.end) or ""
        except TidegateError:  # removed meanwhile
            digest = ""
        return Mark(*self.identity, line.end, line.number, digest)

    def is_taken(self, taken: Line | None) -> bool:
        """Whether ``taken`` is the last line that was read of it."""
        return (taken or self._began).end >= self.splitter.end

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def _at(self, start: int, end: int) -> bytes:
        return os.pread(self._file.fileno(), end - start, start)
