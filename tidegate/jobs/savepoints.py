"""Savepoints on this machine's disk: each stop makes one, and only the newest are kept."""

import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from tidegate.job_names import job_of
from tidegate.settings import Settings

KEPT = 5
"""Of each job. A start goes on from the newest that holds a dataset; others are there for who has to go back."""


def remove_old(settings: Settings, job: str, newest: str) -> int:
    """Removes all but the newest of a job's savepoints, once ``newest`` is complete; how many.

    One stays that is the newest with some dataset, which is left out or has moved: that goes on from it. Only folders
    that are whole savepoints; nothing elsewhere than in a local folder, where others may keep theirs.
    """
    folder = _local(f"{settings.savepoint_dir()}/{job}")
    made = _local(newest)
    if folder is None or made is None or made.parent != folder or not _is_savepoint(made):
        return 0
    others = sorted((path for path in folder.iterdir() if path != made and _is_savepoint(path)), key=_number)
    needed = _newest_of_each(job_of(job), folder.parent)
    old = [path for path in others[: max(0, len(others) - (KEPT - 1))] if path not in needed]
    for path in old:
        shutil.rmtree(path)
    return len(old)


def _newest_of_each(job: str, root: Path) -> set[Path]:
    """Of each dataset, the newest savepoint that holds it, whichever of the job's groups made it."""
    folders = [path for path in root.iterdir() if job_of(path.name) == job and path.is_dir()]
    made = sorted((path for folder in folders for path in folder.iterdir() if _is_savepoint(path)), key=_number)
    newest: dict[bytes, Path] = {}
    for path in made:
        newest |= dict.fromkeys(_datasets(job, path), path)
    return set(newest.values())


def _datasets(job: str, savepoint: Path) -> Iterable[bytes]:
    """Those that it holds: the uids of operators are in its metadata as they are."""
    return set(re.findall(rb"%s:(\w+):" % job.encode(), (savepoint / "_metadata").read_bytes()))


def _local(uri: str) -> Path | None:
    """Flink says ``file:/a b``, the settings ``file:///a b``: nothing in it is encoded."""
    scheme, _, path = uri.partition(":")
    return Path("/" + path.lstrip("/")) if scheme == "file" else None


def _is_savepoint(path: Path) -> bool:
    return path.name.startswith("savepoint-") and not path.is_symlink() and (path / "_metadata").is_file()


def _number(path: Path) -> int:
    """Orders them by age."""
    return (path / "_metadata").stat().st_mtime_ns
