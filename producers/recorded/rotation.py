"""Where the files are that once had the name of a log: renamed or copied by log rotation, and perhaps compressed."""

import re
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from producers.recorded.inputs import open_input
from producers.recorded.position import Mark, fingerprint_at
from tidegate.errors import TidegateError

Identity = tuple[int, int]
"""Device and inode."""
_SUFFIX = re.compile(r"[.-]\d[\d._-]*(\.gz)?", re.ASCII)


def identity(path: Path) -> Identity | None:
    """Which file has the name now; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def rotated(path: Path) -> list[Path]:
    """The files beside ``path`` that have its name and a number or date behind it, oldest first."""
    found = [each for each in path.parent.glob("*") if _is_rotated(each, path)]
    return sorted(found, key=_modified_ns)


def newer_than(path: Path, since_ns: int, known: Collection[Identity]) -> list[Path]:
    """The rotated files that were last written after ``since_ns``, and are not ``known``."""
    return [each for each in rotated(path) if _modified_ns(each) > since_ns and identity(each) not in known]


def find(path: Path, mark: Mark, known: Collection[Identity] = ()) -> Path | None:
    """The file of a mark: ``path`` itself, one with the mark's inode beside it, or a rotated one with its content."""
    beside = [path, *(each for each in path.parent.glob("*") if identity(each) == (mark.device, mark.inode))]
    candidates = [each for each in beside if identity(each) == (mark.device, mark.inode)]
    copies = [each for each in reversed(rotated(path)) if mark.offset and identity(each) not in known]
    return next((each for each in (*candidates, *copies) if _holds(each, mark)), None)


def _is_rotated(each: Path, path: Path) -> bool:
    return (
        each.name.startswith(path.name)
        and _SUFFIX.fullmatch(each.name.removeprefix(path.name)) is not None
        and each.is_file()
    )


def _modified_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:  # rotated away meanwhile
        return 0


def _holds(path: Path, mark: Mark) -> bool:
    with suppress(TidegateError, OSError, EOFError), open_input(path) as file:
        return fingerprint_at(file, mark.offset) == mark.digest
    return False
