"""Savepoints on this machine's disk: each stop makes one, and only the newest are kept."""

import shutil
from pathlib import Path

from tidegate.settings import Settings

KEPT = 5
"""Of each job. A start goes on from the newest; the others are there for who has to go back."""


def remove_old(settings: Settings, job: str, newest: str) -> int:
    """Removes all but the newest of a job's savepoints, once ``newest`` is complete; how many.

    Only folders that are whole savepoints; nothing elsewhere than in a local folder, where others may keep theirs.
    """
    folder = _local(f"{settings.savepoint_dir()}/{job}")
    made = _local(newest)
    if folder is None or made is None or made.parent != folder or not _is_savepoint(made):
        return 0
    others = sorted((path for path in folder.iterdir() if path != made and _is_savepoint(path)), key=_number)
    old = others[: max(0, len(others) - (KEPT - 1))]
    for path in old:
        shutil.rmtree(path)
    return len(old)


def _local(uri: str) -> Path | None:
    """Flink says ``file:/a b``, the settings ``file:///a b``: nothing in it is encoded."""
    scheme, _, path = uri.partition(":")
    return Path("/" + path.lstrip("/")) if scheme == "file" else None


def _is_savepoint(path: Path) -> bool:
    return path.name.startswith("savepoint-") and not path.is_symlink() and (path / "_metadata").is_file()


def _number(path: Path) -> int:
    """Orders them by age."""
    return (path / "_metadata").stat().st_mtime_ns
