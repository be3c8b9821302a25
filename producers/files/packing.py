"""A file that is written once: packed on the way, counted and hashed."""

import gzip
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

import pyarrow

Packing = Literal["none", "gzip", "zstd"]
SUFFIXES: dict[Packing, str] = {"none": "", "gzip": ".gz", "zstd": ".zst"}
_GZIP_LEVEL = 1


@dataclass(slots=True)
class Written:
    """What lies in a file once it is closed: its size, its hash, and the bytes before they were packed."""

    cr_only: bool = False
    out: Any = None
    size_bytes: int = 0
    unpacked_bytes: int = 0
    _hash: Any = field(default_factory=hashlib.sha256)

    @property
    def sha256(self) -> str:
        return str(self._hash.hexdigest())

    def write(self, data: bytes | memoryview) -> None:
        """Adds unpacked bytes; where lines end in CR, in the place of each LF."""
        self.out.write(bytes(data).replace(b"\n", b"\r") if self.cr_only else data)
        self.unpacked_bytes += len(data)


class _Counted:
    """A file that is counted and hashed while it is written."""

    def __init__(self, file: IO[bytes], written: Written) -> None:
        self._file, self._written = file, written
        self.closed = False

    def write(self, data: bytes | memoryview) -> int:
        self._written.size_bytes += len(data)
        self._written._hash.update(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self.closed = True

    def writable(self) -> bool:
        return True


@contextmanager
def packed(path: Path, packing: Packing, *, cr_only: bool = False) -> Iterator[Written]:
    """The file at ``path``, new; the same bytes give the same file."""
    written = Written(cr_only)
    with path.open("wb") as file:
        counted: Any = _Counted(file, written)
        match packing:
            case "none":
                written.out = counted
                yield written
            case "gzip":
                with gzip.GzipFile("", "wb", _GZIP_LEVEL, counted, mtime=0) as written.out:
                    yield written
            case "zstd":
                sink = pyarrow.PythonFile(counted, mode="w")
                with pyarrow.CompressedOutputStream(sink, "zstd") as written.out:
                    yield written
