"""A user to whom files are closed, whoever runs the tests: root reads everything else."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_UID = 12000


@contextmanager
def closed_to_this_user(path: Path) -> Iterator[None]:
    """The file or folder can't be entered, read or written."""
    was_root, mode = os.geteuid() == 0, path.stat().st_mode
    path.chmod(0o700 if was_root else 0o000)
    if was_root:
        os.seteuid(_UID)
    try:
        yield
    finally:
        if was_root:
            os.seteuid(0)
        path.chmod(mode)
