"""Tells on a terminal that letters are being read, which takes a while the first time."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import Progress, TextColumn, TimeElapsedColumn

from tidegate import log


@contextmanager
def reading() -> Iterator[Callable[[int], object]]:
    """Gives what is told of the letters that were read; shows nothing where nobody watches."""
    if not sys.stderr.isatty() or log.is_json():
        yield lambda count: None
        return
    columns = (TextColumn("reading dead letters: {task.completed:,.0f}"), TimeElapsedColumn())
    with Progress(*columns, console=log.console(), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda count: progress.advance(task, count)
