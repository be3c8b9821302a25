"""What commands share of their output: tables as wide as the terminal, or as they need, and an exit code."""

import os

from rich.console import Console

WIDE = 200
"""In columns: into a pipe or a file, Rich's own 80 would cut names that a script or a log's reader needs."""
LEFT_OUT = 3
"""Exit code: done, but for datasets whose contracts are wrong."""


def tables() -> Console:
    """Where a command prints its tables."""
    console = Console()
    if console.is_terminal or "COLUMNS" in os.environ:
        return console
    return Console(width=WIDE)
