"""What a file of Parquet says of itself at its end: how many rows it has, and whether they can be read.

That is looked at while the file is copied, by another library than the one that reads its rows: a broken file is known
before a job has seen it, and of a file whose last rows a job has lost it is known how many there are.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tidegate.files.checks import Source, packing_of

MOST_FOOTER_BYTES = 16 * 1024 * 1024
"""So much of the end of a file is held while it is copied."""
MOST_GROUP_BYTES = 256 * 1024 * 1024
"""A task of a load holds a row group in memory, packed as it is; ``ParquetRows`` of the connectors has the same."""
_MAGIC, _ENCRYPTED = b"PAR1", b"PARE"
_AROUND = 12
"""Bytes of a file besides its rows and its footer: magic, and behind the footer its length and magic."""
_PACKINGS = frozenset({"UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD", "LZ4"})
"""As pyarrow calls them; Parquet's old LZ4, which each wrote in another way, is UNKNOWN to it."""


@dataclass(frozen=True, slots=True)
class Footer:
    """Either what is wrong with the file, in one line, or how many rows it says that it has."""

    fault: str | None = None
    rows: int | None = None


def read_footer(source: Source) -> Footer:
    """Reads the file to its end.

    Raises:
        Exception: what reading raises.
    """
    start = source.begin()[: len(_MAGIC)]
    size, chunks, kept = 0, deque[bytes](), 0
    while chunk := source.read():
        chunks.append(chunk)
        size, kept = size + len(chunk), kept + len(chunk)
        while kept - len(chunks[0]) >= MOST_FOOTER_BYTES + _AROUND:
            kept -= len(chunks.popleft())
    return _footer(start, b"".join(chunks), size)


def _footer(start: bytes, end: bytes, size: int) -> Footer:
    """``end``: as many of the last bytes of a file of ``size`` as are held."""
    if _ENCRYPTED in (start, end[-4:]):
        return Footer("it is Parquet that is encrypted, which is not read")
    if start != _MAGIC:
        packing = packing_of(start)
        return Footer(f"it is packed by {packing}: Parquet is packed within" if packing else "it is no Parquet")
    length = int.from_bytes(end[-8:-4], "little")
    if size < _AROUND or end[-4:] != _MAGIC or length > size - _AROUND:
        return Footer("its Parquet ends too soon: it is cut off")
    if length > MOST_FOOTER_BYTES:
        return Footer(f"the list of its row groups has {length:,} bytes, at most {MOST_FOOTER_BYTES:,} are read")
    try:
        metadata = pq.read_metadata(pa.BufferReader(_MAGIC + end[-length - 8 :]))
        fault = next(_faults(metadata, size - length - 8), None)
        return Footer(fault, metadata.num_rows if fault is None else None)
    except (pa.ArrowException, OSError, ValueError) as error:
        return Footer(f"its Parquet is damaged: {' '.join(str(error).split())}")


def _faults(metadata: Any, end: int) -> Iterator[str]:
    """``end``: where the bytes of rows end."""
    if not metadata.num_columns:
        yield "its Parquet has no column"
    rows = 0
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        rows += group.num_rows
        packed = 0
        for place in range(group.num_columns):
            column = group.column(place)
            packed += column.total_compressed_size
            if column.compression not in _PACKINGS:
                yield f"column {column.path_in_schema} is packed by {column.compression}, which is not read"
            if not 0 <= column.total_compressed_size <= end - _first_byte(column):
                yield f"its Parquet is damaged: column {column.path_in_schema} lies behind its end"
        if packed > MOST_GROUP_BYTES:
            yield f"row group {number} has {packed:,} bytes, at most {MOST_GROUP_BYTES:,} are read: write smaller ones"
    if rows != metadata.num_rows:
        yield f"its Parquet is damaged: it says that it has {metadata.num_rows:,} rows, its row groups {rows:,}"


def _first_byte(column: Any) -> int:
    first = int(column.data_page_offset)
    return min(first, int(column.dictionary_page_offset)) if column.has_dictionary_page else first
