"""Commands of a document, as a reader types them."""

import os
import subprocess
import sys
from pathlib import Path

from tests.polling import HANGS_S
from tests.project import PROJECT


def run_shell(commands: str, folder: Path) -> str:
    """What the commands print, by a shell that knows ``tidegate``.

    Raises:
        AssertionError: one failed; shows all they printed.
    """
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-e", "-c", commands],
        cwd=folder,
        env=os.environ | {"PATH": path, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=HANGS_S,
        check=False,
    )
    assert done.returncode == 0, f"{commands}\n{done.stdout}\n{done.stderr}"
    return done.stdout
