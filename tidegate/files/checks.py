"""What can be said of a file before its rows are judged, while it is copied: how it is packed, whether it is whole.

A packed file is unpacked to its end, for only there it says whether it is: one that is cut off would else begin a run.
"""

from collections.abc import Iterator
from typing import Literal

import pyarrow as pa

from tidegate.contracts.file_section import FileSection

Packing = Literal["gzip", "zstd"]
_MAGIC: dict[Packing, bytes] = {"gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}
_LOOKED_AT = 4
_READ_BYTES = 1024 * 1024
"""So much is unpacked at a time: memory stays as it is, however much comes out."""


class Source:
    """The bytes of a file, chunk by chunk as they come: what is read here has gone by whoever makes the chunks."""

    closed = False

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = memoryview(b"")
        self.failure: Exception | None = None

    def read(self, count: int = -1) -> bytes:
        """At most ``count`` bytes; none at the end. Arrow calls it."""
        if not self._left:
            self._left = memoryview(self._next())
        size = len(self._left) if count < 0 else count
        taken, self._left = bytes(self._left[:size]), self._left[size:]
        return taken

    def begin(self) -> bytes:
        """The first bytes, which stay to be read; fewer if the file has no more."""
        self._left = memoryview(self._next())
        return bytes(self._left[:_LOOKED_AT])

    def pass_over(self) -> None:
        """Whatever is left."""
        self._left = memoryview(b"")
        while self._next():
            pass

    def close(self) -> None:
        """Arrow calls it; the file ends by itself."""

    def _next(self) -> bytes:
        try:
            return next(self._chunks, b"")
        except Exception as error:
            self.failure = error  # Arrow would make another one of it
            raise


def file_fault(source: Source, section: FileSection) -> str | None:
    """Reads the file to its end; what is wrong with it as a whole, in one line, or None.

    Raises:
        Exception: what reading raises.
    """
    start = source.begin()
    packing = packing_of(start)
    fault = _wrong_packing(packing, section.compression)
    if not start:
        fault = _empty(section)
    elif packing is not None:
        fault = _unpacked(source, packing, section) or fault
    source.pass_over()
    return fault


def packing_of(start: bytes) -> Packing | None:
    """By a file's first bytes, whatever its name is."""
    return next((packing for packing, magic in _MAGIC.items() if start.startswith(magic)), None)


def _wrong_packing(packing: Packing | None, said: str) -> str | None:
    if said == "auto" or said == (packing or "none"):
        return None
    return f"it is {f'packed by {packing}' if packing else 'not packed'}, and file.compression says {said}"


def _unpacked(source: Source, packing: Packing, section: FileSection) -> str | None:
    try:
        stream = pa.CompressedInputStream(pa.PythonFile(source, mode="r"), packing)
        is_empty = not stream.read(_READ_BYTES)
        while stream.read(_READ_BYTES):
            pass
    except OSError as error:
        if source.failure is not None:
            raise source.failure from error
        return _broken(packing, error)
    return _empty(section) if is_empty else None


def _broken(packing: Packing, error: OSError) -> str:
    if "Truncated" in str(error):
        return f"its {packing} ends too soon: it is cut off"
    return f"its {packing} is damaged: {' '.join(str(error).split())}"


def _empty(section: FileSection) -> str | None:
    return "it is empty" if section.thresholds.min_rows else None
