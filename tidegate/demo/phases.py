"""The phases of a run: each is announced, timed, and closed by one line that says what it did."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from rich.console import Console


class Note:
    """What a phase did, in a few words; set while it runs."""

    text = ""


class Phases:
    """Times phases in the order in which they run; ``seconds`` holds the finished ones."""

    def __init__(self, console: Console) -> None:
        self.seconds: dict[str, float] = {}
        self._console = console

    @contextmanager
    def phase(self, name: str, doing: str = "") -> Iterator[Note]:
        """Runs one phase; ``doing`` says what it does: with a spinner on a terminal, else as a line before it."""
        note = Note()
        began_s = time.monotonic()
        if doing and not self._console.is_terminal:
            self._console.print(f"  {name}: {doing} …", highlight=False, soft_wrap=True)
        with self._console.status(f"{name}: {doing} …") if doing else nullcontext():
            yield note
        self.seconds[name] = round(time.monotonic() - began_s, 2)
        self._console.print(
            f"[green]✓[/] [bold]{name:<10}[/] {self.seconds[name]:6.1f} s  {note.text}", highlight=False, soft_wrap=True
        )
