"""The committed checksums of every file that runtime-pom.xml pins.

``python -m tidegate.stack.lockfile FOLDER`` writes them again from a folder filled by Maven (see CONTRIBUTING.md).
"""

import hashlib
import sys
from dataclasses import dataclass
from pathlib import Path

POM_FILE = Path(__file__).with_name("runtime-pom.xml")
LOCK_FILE = Path(__file__).with_name("runtime.lock")


@dataclass(frozen=True, slots=True)
class LockedFile:
    """One artifact: the execution of the pom that copies it, its file name, and what it must contain."""

    group: str
    name: str
    size_bytes: int
    sha256: str


def read_lock(path: Path = LOCK_FILE) -> list[LockedFile]:
    """Every pinned file, in the order of the lock."""
    files = []
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            sha256, size, location = line.split()
            group, _, name = location.partition("/")
            files.append(LockedFile(group, name, int(size), sha256))
    return files


def sha256_of(path: Path) -> str:
    """Hex digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_lock(folder: Path, path: Path = LOCK_FILE) -> None:
    """Lock what Maven copied to ``folder/<group>/<file>``."""
    lines = ["# sha256, size in bytes, group/file; made by `python -m tidegate.stack.lockfile`"]
    for file in sorted(folder.glob("*/*")):
        lines.append(f"{sha256_of(file)} {file.stat().st_size} {file.parent.name}/{file.name}")
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    write_lock(Path(sys.argv[1]))
