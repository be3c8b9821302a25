"""Where what was read of dead letters is kept in the home folder, one process at a time."""

import fcntl
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tidegate.settings import Settings

FOLDER = "dead_letters"


@contextmanager
def alone(settings: Settings) -> Iterator[Path]:
    """The folder, which is made, while no other process reads or writes it; another that wants to, waits."""
    folder = settings.home / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def letters_folder(settings: Settings, dataset: str) -> Path:
    """Of the letters themselves."""
    return settings.home / FOLDER / dataset


def silver_folder(settings: Settings, dataset: str, version: int = 1) -> Path:
    """Of the identities that a version of silver holds: what was read of another one tells nothing of its records.

    What retention had removed from the version before is not in the new one, and not known any more.
    """
    return settings.home / FOLDER / (f"{dataset}.silver" if version == 1 else f"{dataset}.silver.v{version}")


def identities_folder(settings: Settings, dataset: str) -> Path:
    """Of the identities of the dataset's letters, once somebody has looked for them in silver."""
    return settings.home / FOLDER / f"{dataset}.identities"


def looked_before(settings: Settings, dataset: str) -> bool:
    """Whether somebody has, on this machine."""
    return identities_folder(settings, dataset).is_dir()


def kept_folders(settings: Settings, dataset: str) -> list[Path]:
    """Those that are there of a dataset."""
    of = (letters_folder, silver_folder, identities_folder)
    later = sorted((settings.home / FOLDER).glob(f"{dataset}.silver.v*"))
    return [path for path in (*(each(settings, dataset) for each in of), *later) if path.is_dir()]


def forget(settings: Settings, folders: Iterable[Path]) -> None:
    """Removes such folders, when no other process is at work with them."""
    with alone(settings):
        for folder in filter(Path.exists, folders):
            shutil.rmtree(folder)
