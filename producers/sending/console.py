"""Tells of a run on standard error: one line kept up to date on a terminal, one line a second elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from rich.console import Console
from rich.live import Live
from rich.text import Text

from producers.sending.publish import Progress
from tidegate import log

_EVERY_S = 1.0
_LATE_S = 1.0


@contextmanager
def reporting(console: Console) -> Iterator["Reporter"]:
    """A reporter whose line is finished when the block ends."""
    with Live(console=console, auto_refresh=False) if console.is_terminal else nullcontext() as live:
        yield Reporter(console, live)


class Reporter:
    """Shows the latest progress: in ``live``, or where there is none on a line of its own."""

    def __init__(self, console: Console, live: Live | None) -> None:
        self._console = console
        self._live = live
        self._started_s = self._shown_s = 0.0
        self._shown = Progress()

    def __call__(self, progress: Progress) -> None:
        """Shows ``progress`` if the last line is a second old; nothing before the first record."""
        now_s = time.monotonic()
        if not self._started_s:
            self._started_s = self._shown_s = now_s if progress.sent else 0.0
            return
        elapsed_s = now_s - self._shown_s
        if elapsed_s < _EVERY_S:
            return
        rate_per_s = (progress.sent - self._shown.sent) / elapsed_s
        _report(progress, rate_per_s)
        line = status_line(progress, rate_per_s, now_s - self._started_s)
        self._shown, self._shown_s = progress, now_s
        if self._live:
            self._live.update(line, refresh=True)
        else:
            self._console.print(line, soft_wrap=True)


def _report(progress: Progress, rate_per_s: float) -> None:
    log.event(
        "progress",
        "warning" if progress.failed else "info",
        sent=progress.sent,
        delivered=progress.delivered,
        failed=progress.failed,
        rate_per_s=round(rate_per_s, 1),
        behind_s=round(progress.behind_s, 3),
    )


def status_line(progress: Progress, rate_per_s: float, running_s: float) -> Text:
    """The line of one moment; being behind schedule and failures stand out."""
    behind = f"behind schedule {progress.behind_s:.1f} s"
    errors = f"errors {progress.failed:,}"
    return Text.assemble(
        f"{running_s:5.0f} s  sent {progress.sent:,}  delivered {progress.delivered:,}  {rate_per_s:,.0f}/s  ",
        (behind, "yellow" if progress.behind_s > _LATE_S else ""),
        "  ",
        (errors, "red" if progress.failed else ""),
    )
