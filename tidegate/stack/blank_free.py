"""A way to a folder without a blank in it, for Flink's scripts: they split paths at blanks."""

import hashlib
import os
import tempfile
from pathlib import Path

from tidegate.errors import TidegateError


def blank_free(folder: Path) -> Path:
    """The folder itself if its path has no blank; else a link to it in the system's folder for temporary files.

    The same link each time, made again where it is gone; the folder is made too, as nothing can be made behind a
    link that leads nowhere.

    Raises:
        TidegateError: something else has the link's name.
    """
    if not any(character.isspace() for character in str(folder)):
        return folder
    name = f"tidegate-{os.geteuid()}-{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"
    link = Path(tempfile.gettempdir()) / name
    folder.mkdir(parents=True, exist_ok=True)
    try:
        link.symlink_to(folder)
    except FileExistsError as error:
        if not link.is_symlink() or link.readlink() != folder or link.lstat().st_uid not in (os.geteuid(), 0):
            raise TidegateError(
                f"{link} is not the link to {folder} that Flink needs, as that path has a blank.",
                remedy="Remove it, or use folders without a blank: TIDEGATE_HOME, TIDEGATE_CACHE, the checkout.",
            ) from error
    return link
