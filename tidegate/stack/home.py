"""The folder of a stack: the mark that `tidegate up` puts there, and its removal, which takes what a stack makes."""

import errno
import os
import pwd
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tidegate.errors import TidegateError
from tidegate.settings import STACK_FILE

MARK = ".tidegate-stack"
_FIRST_LINE = "A stack of Tidegate."
_TEXT = f"{_FIRST_LINE}\nOf a folder with this file `tidegate down --purge` removes what a stack makes.\n"
_BY_COMMANDS = frozenset(
    {"dead_letters", "files", "lake_care", "lock", "logs", "producers", "recomputed", "redrives", "rejects", "replays"}
)
"""What commands leave in the home folder without a stack."""
_BY_UP = frozenset({"conf", "data", "demo", "flink", "flink-checkpoints", "flink-ha", "flink-savepoints", "run", "tmp"})
OWN = _BY_COMMANDS | _BY_UP | {STACK_FILE, STACK_FILE.replace(".json", ".draft")}
"""All that a stack or a command makes there. Anything else is somebody's."""
_CHECKOUT = (".git", ".hg", ".svn", "pyproject.toml")
_PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Removal:
    """What a purge takes away, and what is not the stack's and stays."""

    home: Path
    entries: tuple[Path, ...]
    stays: tuple[Path, ...]

    def describe(self) -> str:
        """One line for people, asked about before anything is removed."""
        names = ", ".join(path.name for path in self.entries if path.name != MARK) or "nothing but the mark"
        stays = f" What is not the stack's stays: {', '.join(path.name for path in self.stays)}." if self.stays else ""
        return f"{self.home} is removed with all its data ({_size(self.entries)}): {names}.{stays}"

    def carry_out(self) -> None:
        """Remove it; links are removed, never followed.

        Raises:
            TidegateError: something can't be removed.
        """
        try:
            for path in self.entries:
                _remove(path)
            if not self.stays:
                (self.home / MARK).unlink(missing_ok=True)
                self.home.rmdir()
        except OSError as error:
            raise TidegateError(
                f"{error.filename or self.home} can't be removed: {error.strerror}.",
                remedy="Remove it as the user it belongs to; what was there before it is gone.",
            ) from error


@contextmanager
def usable(folder: Path) -> Iterator[None]:
    """Says in one line why a folder of the stack can't be read or written.

    Raises:
        TidegateError: it is somebody else's, on a full or read-only disk, or no folder.
    """
    try:
        yield
    except OSError as error:
        raise TidegateError(f"{error.filename or folder}: {error.strerror}.", remedy=_remedy(error, folder)) from error


def _remedy(error: OSError, folder: Path) -> str:
    if error.errno == errno.ENOSPC:
        return "Make room on that disk, or set TIDEGATE_HOME and TIDEGATE_CACHE to folders of a larger one."
    existing = next(path for path in (folder, *folder.parents) if os.path.exists(path))  # noqa: PTH110 - never raises
    if (owner := existing.stat().st_uid) != os.geteuid():
        whose = f"{existing} belongs to the user {_name_of(owner)}"
        return f"{whose}: run the command as that user, or set TIDEGATE_HOME to a folder of yours."
    return "Set TIDEGATE_HOME to a folder that you may write to."


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def claim(home: Path) -> None:
    """Mark the folder as a stack's; one that is new, empty, or has been one before there were marks.

    Raises:
        TidegateError: it holds something else, which a stack would be mixed with and removed with.
    """
    with usable(home):
        _claim(home)


def _claim(home: Path) -> None:
    if _is_marked(home):
        return
    _refuse_protected(home)
    others = sorted(path.name for path in _entries(home) if path.name not in _BY_COMMANDS)
    if others and not (home / STACK_FILE).is_file():
        more = " and more" if len(others) > 3 else ""
        raise TidegateError(
            f"{home} is no folder of a stack: it holds {', '.join(others[:3])}{more}.",
            remedy="Set TIDEGATE_HOME to a folder that is new or empty.",
        )
    home.mkdir(parents=True, exist_ok=True)
    (home / MARK).write_text(_TEXT)


def removal(home: Path) -> Removal | None:
    """What removing the stack's folder takes; None if there is no such folder.

    Raises:
        TidegateError: nothing says that a stack lives there, or it is a folder that no command may remove.
    """
    if not home.exists():
        return None
    if home.is_symlink():
        raise TidegateError(
            f"{home} is a link to {home.resolve()}.", remedy="Name the folder itself: set TIDEGATE_HOME to it."
        )
    _refuse_protected(home)
    if not _is_marked(home):
        raise TidegateError(
            f"{home} is not known to be a stack's: it has no file {MARK}, which `tidegate up` writes. "
            "Nothing was stopped or removed.",
            remedy="See what TIDEGATE_HOME is (`tidegate config show`). If a stack of an earlier version is there, "
            "run `tidegate up` once, or remove the folder yourself.",
        )
    entries = sorted(_entries(home))
    return Removal(
        home,
        tuple(path for path in entries if path.name in OWN),
        tuple(path for path in entries if path.name not in OWN and path.name != MARK),
    )


def _is_marked(home: Path) -> bool:
    mark = home / MARK
    return mark.is_file() and not mark.is_symlink() and mark.read_text(errors="replace").startswith(_FIRST_LINE)


def _entries(home: Path) -> Iterator[Path]:
    if home.is_dir():
        yield from home.iterdir()


def _refuse_protected(home: Path) -> None:
    """A mark is no permission for these: it may have been copied there with a stack's folder."""
    real = home.resolve()
    people = Path.home().resolve()
    for what, is_it in {
        "the root of the file system": real == Path(real.anchor),
        "your home folder, or above it": real in (people, *people.parents),
        "Tidegate's own folder, or above it": real in (_PROJECT, *_PROJECT.parents),
        "the folder of a project": any((real / name).exists() for name in _CHECKOUT),
    }.items():
        if is_it:
            raise TidegateError(
                f"{home} is {what}: a stack has a folder of its own.",
                remedy="Set TIDEGATE_HOME to one, such as .tidegate.",
            )


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _size(paths: Iterable[Path]) -> str:
    size_bytes = 0
    for path in paths:
        for file in path.rglob("*") if path.is_dir() and not path.is_symlink() else [path]:
            with suppress(OSError):  # servers that still run remove files
                size_bytes += file.lstat().st_size
    return f"{size_bytes / 1e6:,.0f} MB"
