"""Standard output for tables: as wide as the terminal, and wide enough for every column where there is none."""

import os

from rich.console import Console

WIDE = 200
"""In columns: into a pipe or a file, Rich's own 80 would cut names that a script or a log's reader needs."""


def tables() -> Console:
    """Where a command prints its tables."""
    console = Console()
    if console.is_terminal or "COLUMNS" in os.environ:
        return console
    return Console(width=WIDE)
