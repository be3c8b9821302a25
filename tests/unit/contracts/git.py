"""A git repository of a test's own."""

import subprocess
from pathlib import Path


def commit(folder: Path) -> None:
    """Make ``folder`` a repository with all its files in a first commit."""
    for arguments in (
        ["init", "--quiet"],
        ["add", "."],
        ["-c", "user.name=x", "-c", "user.email=x@example.com", "commit", "--quiet", "-m", "first"],
    ):
        subprocess.run(["git", "-C", str(folder), *arguments], check=True)
