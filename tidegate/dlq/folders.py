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


def silver_folder(settings: Settings, dataset: str) -> Path:
    """Of the identities that silver holds."""
    return settings.home / FOLDER / f"{dataset}.silver"


def identities_folder(settings: Settings, dataset: str) -> Path:
    """Of the identities of the dataset's letters, once somebody has looked for them in silver."""
    return settings.home / FOLDER / f"{dataset}.identities"


def looked_before(settings: Settings, dataset: str) -> bool:
    """Whether somebody has, on this machine."""
    return identities_folder(settings, dataset).is_dir()


def kept_folders(settings: Settings, dataset: str) -> list[Path]:
    """Those that are there of a dataset."""
    of = (letters_folder, silver_folder, identities_folder)
    return [path for each in of if (path := each(settings, dataset)).is_dir()]


def forget(settings: Settings, folders: Iterable[Path]) -> None:
    """Removes such folders, when no other process is at work with them."""
    with alone(settings):
        for folder in filter(Path.exists, folders):
            shutil.rmtree(folder)
