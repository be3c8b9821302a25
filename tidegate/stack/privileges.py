"""How root runs a server that refuses to run as root."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tidegate.errors import TidegateError

_UID = 12000  # any number does, no account is needed


@dataclass(frozen=True, slots=True)
class Unprivileged:
    """What to put before a command, and who has to own the files it writes."""

    prefix: list[str]
    owner_uid: int

    def give(self, folder: Path) -> None:
        """Make a folder and all in it the server's own."""
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, self.owner_uid, self.owner_uid, follow_symlinks=False)


def unprivileged(reads: Sequence[Path]) -> Unprivileged | None:
    """How to start a server that reads these paths without root's rights; None if this is not root anyway."""
    if os.geteuid() != 0:
        return None
    if all(_is_open_to_all(path) for path in reads):
        identity = [f"--reuid={_UID}", f"--regid={_UID}", "--clear-groups"]
        return Unprivileged([_tool("setpriv"), *identity], _UID)
    # Root's own folder is closed to others. In a user namespace of its own the server is uid 12000 and has no
    # capability outside of it, while the files it needs stay readable as their owner's.
    identity = ["--user", f"--map-user={_UID}", f"--map-group={_UID}"]
    prefix = [_tool("unshare"), *identity]
    if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode != 0:
        raise TidegateError(
            "OpenSearch refuses to run as root, and root's own folders are closed to the user it would run as.",
            remedy="Run `tidegate up` as a normal user, "
            "or clone to, and set TIDEGATE_HOME and TIDEGATE_CACHE to, folders that all users may enter.",
        )
    return Unprivileged(prefix, 0)


def _is_open_to_all(path: Path) -> bool:
    """Whether any user may pass through every folder on the way and read what is there."""
    real = path.resolve()
    folders = [real, *real.parents] if real.is_dir() else list(real.parents)
    return all(folder.stat().st_mode & 0o001 for folder in folders) and bool(real.stat().st_mode & 0o004)


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise TidegateError(
            f"OpenSearch refuses to run as root and `{name}` is missing.",
            remedy="Run `tidegate up` as a normal user, or install util-linux.",
        )
    return found
