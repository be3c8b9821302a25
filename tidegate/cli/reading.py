"""Tells on a terminal that letters are being read, which takes a while the first time."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import Progress, TextColumn, TimeElapsedColumn

from tidegate import log


@contextmanager
def reading() -> Iterator[Callable[[int], object]]:
    """Gives what is told of the letters that were read; shows nothing where nobody watches."""
    columns = (TextColumn("reading dead letters: {task.completed:,.0f}"), TimeElapsedColumn())
    shown = sys.stderr.isatty() and not log.is_json()
    with Progress(*columns, console=log.console(), transient=True, disable=not shown) as progress:
        task = progress.add_task("", total=None)
        yield lambda count: progress.advance(task, count)
