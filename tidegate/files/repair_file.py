"""The bytes of a repair file, and where in it each of its rows begins. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from tidegate.contracts.file_section import FileFormat
from tidegate.files.file_head import FileHead


@dataclass(frozen=True, slots=True)
class RepairFile:
    """``offsets``: of each row the first byte, in the order of the rows."""

    content: bytes
    offsets: tuple[int, ...]


def repair_file(file_format: FileFormat, head: FileHead, rows: Iterable[bytes]) -> RepairFile:
    """A file as the job reads it by the contract, not packed. Of Parquet, which is read as JSON, it is JSON lines."""
    opening, between, closing = (part.encode(head.codec) for part in _FRAMES[file_format])
    parts, size, offsets = [head.start, opening], len(head.start) + len(opening), list[int]()
    for row in rows:
        if offsets:
            parts.append(between)
            size += len(between)
        offsets.append(size)
        parts.append(row)
        size += len(row)
    return RepairFile(b"".join((*parts, closing)), tuple(offsets))


_FRAMES: dict[FileFormat, tuple[str, str, str]] = {
    "csv": ("", "\n", "\n"),
    "json_lines": ("", "\n", "\n"),
    "json_array": ("[", ",\n", "]\n"),
    "parquet": ("", "\n", "\n"),
}
