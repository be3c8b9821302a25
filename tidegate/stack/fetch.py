"""Server files from Maven into a cache shared by all stacks of this user, each checked against the lock."""

import re
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

from tidegate.errors import TidegateError
from tidegate.stack.lockfile import POM_FILE, LockedFile, read_lock, sha256_of
from tidegate.stack.maven import run_maven

DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError)
_DONE_LINE = re.compile(r"Downloaded from \S+: \S*/(\S+) ")


class Cache:
    """The downloaded files, by the group (execution of runtime-pom.xml) they belong to."""

    def __init__(self, root: Path, lock: Sequence[LockedFile] | None = None) -> None:
        self.root = root.absolute()
        self._lock = read_lock() if lock is None else lock

    def files(self, group: str) -> list[Path]:
        """Where the group's files are, or will be."""
        return [self._path(file) for file in self._lock if file.group == group]

    def missing(self, groups: Iterable[str]) -> list[LockedFile]:
        """Files of these groups that are not there in full; contents were checked when they were stored."""
        wanted = set(groups)
        return [file for file in self._lock if file.group in wanted and not self._is_there(file)]

    def fetch(self, groups: Iterable[str], console: Console) -> None:
        """Download what is missing, check it and move it into the cache."""
        missing = self.missing(groups)
        if not missing:
            return
        self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.root, prefix="fetch-") as staging:
            self._download(missing, Path(staging), console)
            for file in missing:
                self._store(file, Path(staging) / file.group / file.name)

    def unpacked(self, group: str, skip: tuple[str, ...] = ()) -> Path:
        """The folder of the group's one archive, unpacked once; members under ``skip`` are left out."""
        (archive,) = (file for file in self._lock if file.group == group and not file.name.endswith(".jar"))
        folder = self.root / "unpacked" / f"{group}-{archive.sha256[:12]}"
        if not folder.exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix="draft-"))
            try:
                _unpack(self._path(archive), draft, skip)
            except DAMAGED as error:
                shutil.rmtree(draft)
                reason = (str(error).splitlines() or ["it is cut off"])[0].rstrip(":. ")
                raise TidegateError(
                    f"{self._path(archive)} can't be unpacked: {reason}.",
                    remedy="Delete that file, then `tidegate up` downloads it again.",
                ) from error
            draft.chmod(0o755)
            try:
                draft.rename(folder)
            except OSError:  # another stack was faster
                shutil.rmtree(draft)
        return folder

    def _path(self, file: LockedFile) -> Path:
        return self.root / "jars" / file.group / file.name

    def _is_there(self, file: LockedFile) -> bool:
        path = self._path(file)
        return path.is_file() and path.stat().st_size == file.size_bytes

    def _download(self, missing: list[LockedFile], staging: Path, console: Console) -> None:
        sizes = {file.name: file.size_bytes for file in missing}
        executions = [f"dependency:copy@{group}" for group in sorted({file.group for file in missing})]
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
        with Progress(*columns, console=console) as progress:
            task = progress.add_task("downloading servers", total=sum(sizes.values()))

            def on_line(line: str) -> None:
                found = _DONE_LINE.search(line)
                if found:
                    progress.advance(task, sizes.pop(found.group(1), 0))

            arguments = ["-f", str(POM_FILE), f"-Djars.directory={staging}", *executions]
            run_maven(arguments, self.root / "maven.log", on_line)
            progress.advance(task, sum(sizes.values()))  # what Maven's own repository had already

    def _store(self, file: LockedFile, downloaded: Path) -> None:
        if not downloaded.is_file():
            raise TidegateError(
                f"Maven did not bring {file.group}/{file.name}.",
                remedy="runtime-pom.xml and runtime.lock disagree: reinstall Tidegate.",
            )
        actual = sha256_of(downloaded)
        if actual != file.sha256:
            raise TidegateError(
                f"The checksum of {file.name} is {actual[:16]}…, the lock says {file.sha256[:16]}….",
                remedy="Delete it from Maven's local repository and try again; "
                "if it stays, do not trust the mirror it came from.",
            )
        target = self._path(file)
        target.parent.mkdir(parents=True, exist_ok=True)
        downloaded.replace(target)


def _unpack(archive: Path, folder: Path, skip: tuple[str, ...]) -> None:
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive) as zipped:
            zipped.extractall(folder, [name for name in zipped.namelist() if not _is_skipped(name, skip)])
    else:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")


def _is_skipped(name: str, skip: tuple[str, ...]) -> bool:
    return any(part in name for part in skip)
