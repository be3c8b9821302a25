"""``python -m tidegate`` is the command."""

import subprocess
import sys

from tests.project import PROJECT
from tidegate import __version__


def test_it_is_the_same_as_the_command() -> None:
    command = [sys.executable, "-m", "tidegate", "--version"]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)

    assert result.stdout == f"tidegate, version {__version__}\n"
