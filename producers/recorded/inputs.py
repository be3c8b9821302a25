"""Lines of a file, compressed by gzip or not, or of standard input; never blocks for long, so that Ctrl-C is heard."""

import gzip
import os
import re
import select
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from producers.recorded.split import Line, split_lines
from tidegate.errors import TidegateError

CHUNK_BYTES = 256 * 1024
_INPUT_WAIT_S = 0.2
_GZIP = b"\x1f\x8b"
_FOREIGN = (
    (rb"BZh[1-9]1AY&SY", "compressed by bzip2", "bzip2 -dc {path}"),
    (rb"\xfd7zXZ\x00", "compressed by xz", "xz -dc {path}"),
    (rb"\x28\xb5\x2f\xfd", "compressed by zstd", "zstd -dc {path}"),
    (rb"PK\x03\x04", "a ZIP archive", "unzip -p {path}"),
    (rb"PAR1\x15", "a Parquet file", "duckdb -jsonlines -c \"FROM '{path}'\""),
    (rb"Obj\x01", "an Avro file", "avro-tools tojson {path}"),
    (rb"\xff\xfe[^\x00]\x00|\xfe\xff\x00[^\x00]", "UTF-16", "iconv -f UTF-16 -t UTF-8 {path}"),
)
"""How files begin that hold no lines, what they are, and what makes lines of them."""
_MAGIC_BYTES = 10


class _Gunzipped(gzip.GzipFile):
    """What gzip compressed; closes the file below, which ``GzipFile`` leaves open."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(fileobj=file, mode="rb")
        self._below = file

    def close(self) -> None:
        super().close()
        self._below.close()


def read_lines(path: Path, stop: Callable[[], bool]) -> Iterator[Line | None]:
    """The lines of ``path`` (``-`` is standard input) until its end or ``stop``; None: nothing there yet.

    Raises:
        TidegateError: the file cannot be read, to its end, or is in a format that has no lines.
    """
    if str(path) == "-":
        yield from split_lines(_input_chunks(stop))
        return
    with open_input(path) as file:
        yield from split_lines(chunks_of(file, path, stop))


def open_input(path: Path) -> BinaryIO:
    """The bytes of a file, decompressed if gzip made it.

    Raises:
        TidegateError: the file cannot be read, or is in a format that has no lines.
    """
    try:
        file = path.open("rb")
        beginning = file.peek(_MAGIC_BYTES)[:_MAGIC_BYTES]
    except OSError as error:
        raise TidegateError(f"{path} cannot be read ({error.strerror}).", remedy="Check the path.") from error
    if is_gzip(beginning):
        return cast(BinaryIO, _Gunzipped(file))
    refuse_foreign(beginning, str(path))
    return file


def is_gzip(beginning: bytes) -> bool:
    """Whether a file that begins so was made by gzip."""
    return beginning.startswith(_GZIP)


def refuse_foreign(beginning: bytes, path: str) -> None:
    """Refuses a file whose first bytes say that it has no lines.

    Raises:
        TidegateError: says what it is, and how to make lines of it.
    """
    for magic, what, how in _FOREIGN:
        if re.match(magic, beginning, re.DOTALL):
            remedy = f"Give its lines, for example by `{how.format(path=path)}`."
            raise TidegateError(f"{path} is {what}, not lines of UTF-8.", remedy=remedy)


def _input_chunks(stop: Callable[[], bool]) -> Iterator[bytes | None]:
    descriptor = sys.stdin.fileno()
    is_first = True
    while not stop():
        if not select.select([descriptor], [], [], _INPUT_WAIT_S)[0]:
            yield None
        elif chunk := os.read(descriptor, CHUNK_BYTES):
            if is_first and is_gzip(chunk):
                raise TidegateError("standard input is compressed by gzip.", remedy="Pipe it through `gzip -dc`.")
            if is_first:
                refuse_foreign(chunk, "standard input")
            is_first = False
            yield chunk
        else:
            return


def chunks_of(file: BinaryIO, path: Path, stop: Callable[[], bool]) -> Iterator[bytes]:
    """What ``file`` holds until its end or ``stop``.

    Raises:
        TidegateError: it cannot be read to its end.
    """
    while not stop():
        with read_errors(path):
            chunk = file.read(CHUNK_BYTES)
        if not chunk:
            return
        yield chunk


@contextmanager
def read_errors(path: Path) -> Iterator[None]:
    """Turns what reading a broken file raises into an error for people.

    Raises:
        TidegateError: the block could not read on.
    """
    try:
        yield
    except (EOFError, OSError, zlib.error) as error:
        reason = str(error).rstrip(".") or type(error).__name__
        remedy = "What came before is taken; mend the file, then give it again."
        raise TidegateError(f"{path} cannot be read to its end ({reason}).", remedy=remedy) from error
