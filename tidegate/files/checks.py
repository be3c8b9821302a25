"""What can be said of a file before its rows are judged, while it is copied: how it is packed, whether it is whole.

A packed file is unpacked to its end, for only there it says whether it is: one that is cut off would else begin a run.
"""

import re
from collections.abc import Iterator
from typing import Literal

import pyarrow as pa

from tidegate.contracts.file_section import FileSection

Packing = Literal["gzip", "zstd"]
_MAGIC: dict[Packing, re.Pattern[bytes]] = {
    "gzip": re.compile(rb"\x1f\x8b"),
    "zstd": re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18"),
}
"""zstd may begin with a frame that is to be skipped, as pzstd writes it."""
_NOT_READ = {
    "a zip archive, as a workbook of Excel is one": re.compile(rb"PK\x03\x04"),
    "an old workbook of Excel": re.compile(rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    "an archive of tar": re.compile(rb".{257}ustar", re.DOTALL),
    "an archive of 7-Zip": re.compile(rb"7z\xbc\xaf\x27\x1c"),
    "an archive of rar": re.compile(rb"Rar!\x1a\x07"),
    "packed by bzip2": re.compile(rb"BZh[1-9]1AY&SY"),
    "packed by xz": re.compile(rb"\xfd7zXZ\x00"),
    "packed by lz4": re.compile(rb"\x04\x22\x4d\x18"),
    "packed by compress": re.compile(rb"\x1f[\x9d\xa0]"),
    "Parquet": re.compile(rb"PAR1\x15"),
    "Avro": re.compile(rb"Obj\x01"),
}
"""What suppliers send in the place of a text, which could begin so only with signs of control in its first line."""
_LOOKED_AT = 512
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
    fault = _not_read(start) or _wrong_packing(packing, section.compression)
    if not start:
        fault = _empty(section)
    elif packing is not None:
        fault = _unpacked(source, packing, section) or fault
    source.pass_over()
    return fault


def packing_of(start: bytes) -> Packing | None:
    """By a file's first bytes, whatever its name is."""
    return next((packing for packing, magic in _MAGIC.items() if magic.match(start)), None)


def _not_read(start: bytes, where: str = "it") -> str | None:
    found = next((what for what, magic in _NOT_READ.items() if magic.match(start)), None)
    if found is None:
        return None
    return f"{where} is {found}, which is not read: it has to be a text, packed by gzip or zstd at most"


def _wrong_packing(packing: Packing | None, said: str) -> str | None:
    if said == "auto" or said == (packing or "none"):
        return None
    return f"it is {f'packed by {packing}' if packing else 'not packed'}, and file.compression says {said}"


def _unpacked(source: Source, packing: Packing, section: FileSection) -> str | None:
    try:
        stream = pa.CompressedInputStream(pa.PythonFile(source, mode="r"), packing)
        start = bytes(stream.read(_READ_BYTES)[:_LOOKED_AT])
        while stream.read(_READ_BYTES):
            pass
    except OSError as error:
        if source.failure is not None:
            raise source.failure from error
        return _broken(packing, error)
    if not start:
        return _empty(section)
    twice = packing_of(start)
    return f"it is packed twice: what its {packing} holds is {twice}" if twice else _not_read(start, "what it holds")


def _broken(packing: Packing, error: OSError) -> str:
    if "Truncated" in str(error):
        return f"its {packing} ends too soon: it is cut off"
    return f"its {packing} is damaged: {' '.join(str(error).split())}"


def _empty(section: FileSection) -> str | None:
    return "it is empty" if section.thresholds.min_rows else None
