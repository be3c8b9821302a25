"""How a supplier's file begins: its byte order mark, and the header of CSV, by which its rows are read and written."""

import codecs
import csv
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tidegate.clients.file_version import FileVersion
from tidegate.clients.landing import open_landing, root_for
from tidegate.contracts.dataset import Files
from tidegate.contracts.file_section import MAX_ROW_BYTES, Csv, FileSection
from tidegate.errors import TidegateError
from tidegate.files.checks import Source, packing_of
from tidegate.settings import Settings

HEAD_BYTES = 1024 * 1024
"""A header is not longer."""
_MARKS = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
_BY_MARK = "UTF-16"
_UNREADABLE = "\ufffd"


@dataclass(frozen=True, slots=True)
class FileHead:
    """``start``: the bytes that a file like it begins with, up to its first row; ``codec``: how its text is encoded.

    ``columns``: of CSV, in the file's order.
    """

    start: bytes
    codec: str
    columns: tuple[str, ...] = ()


def read_head(settings: Settings, dataset: Files, version: FileVersion) -> FileHead:
    """Of our copy of a file.

    Raises:
        TidegateError: it is not there, or has no header that can be read.
        TransientError: S3 is out of reach.
    """
    store = open_landing(settings, root_for(version.stored))
    there = store.look(version.stored)
    if there is None:
        raise TidegateError(
            f"the copy of file {version.number} is not there: {version.stored}.",
            remedy=f"`tidegate prove {version.dataset}` names what is missing.",
        )
    with closing(store.chunks(there, HEAD_BYTES)) as chunks:
        head = head_of(unpacked_start(chunks), dataset.file)
    if head is None:
        raise TidegateError(
            f"the header of file {version.number} can't be read.", remedy="Its rows can't be mended; correct the file."
        )
    return head


def unpacked_start(chunks: Iterator[bytes]) -> bytes:
    """The first bytes of a file, of a packed one as they are unpacked."""
    source = Source(chunks)
    packing = packing_of(source.begin())
    if packing is None:
        return source.read(HEAD_BYTES)
    stream = pa.CompressedInputStream(pa.PythonFile(source, mode="r"), packing)
    return bytes(stream.read(HEAD_BYTES))


def head_of(start: bytes, section: FileSection) -> FileHead | None:
    """By a file's first bytes; None if it has no header where it needs one."""
    codec = _codec(start, section.encoding)
    mark = _MARKS.get(codec, b"")
    mark = mark if start.startswith(mark) else b""
    if not section.is_csv:
        return FileHead(mark, codec)
    if section.csv.columns is not None:
        return FileHead(mark, codec, tuple(section.csv.columns))
    found = _header(start[len(mark) :], codec, section)
    if found is None:
        return None
    line, names = found
    return FileHead(mark + (line + "\n").encode(codec), codec, tuple(names))


def dialect(section: Csv) -> dict[str, Any]:
    """As Python's module csv takes it; in each of its rows quotes have to end where they must."""
    return {
        "delimiter": section.delimiter,
        "quotechar": section.quote or None,
        "escapechar": section.escape,
        "doublequote": True,
        "quoting": csv.QUOTE_MINIMAL if section.quote else csv.QUOTE_NONE,
        "strict": True,
        "lineterminator": "",
    }


def cells_of(row: str, section: Csv) -> list[str]:
    """The cells of one row, however long it may be by the contract; none of an empty one.

    Raises:
        csv.Error: it can't be cut into cells.
    """
    csv.field_size_limit(MAX_ROW_BYTES)  # of the whole process, and 128 KiB at first
    return next(csv.reader([row], **dialect(section)), [])


def _codec(start: bytes, encoding: str) -> str:
    """By Python's name, which puts no mark before what it writes."""
    if encoding == _BY_MARK:
        return "utf-16-le" if start.startswith(_MARKS["utf-16-le"]) else "utf-16-be"
    return codecs.lookup(encoding).name


def _header(start: bytes, codec: str, section: FileSection) -> tuple[str, list[str]] | None:
    """The header's text, and the names in it: the first line that is neither blank nor a comment."""
    lines = start.decode(codec, "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    comment = section.csv.comment
    first = next((line for line in lines if line and not (comment and line.startswith(comment))), None)
    if first is None or _UNREADABLE in first:
        return None
    with suppress(csv.Error):
        return first, cells_of(first, section.csv)
    return None
