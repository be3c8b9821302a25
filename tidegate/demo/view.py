"""What the run looks like at one moment: a live table on a terminal, a line every few seconds elsewhere."""

import time
from dataclasses import dataclass, field
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.table import Table

from tidegate.measure.percentiles import Percentiles

REFRESH_S = 1.0
PLAIN_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything a view shows; counts are since the start of the traffic, rates of the last second or so."""

    phase: str
    elapsed_s: float
    produced: int
    silver: int
    dropped: int
    in_per_s: float
    out_per_s: float
    committed: Percentiles
    searchable: Percentiles
    lags: dict[str, int] = field(default_factory=dict)
    dead_letters: dict[str, int] = field(default_factory=dict)

    @property
    def dead(self) -> int:
        """All dead letters."""
        return sum(self.dead_letters.values())


class View:
    """Shows moments on a console; used with ``with``, so that the terminal is left as it was."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None
        self._printed_s = 0.0

    def __enter__(self) -> "View":
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()

    def show(self, moment: Moment) -> None:
        """Shows a moment; without a terminal only if the last line is old enough."""
        if self._live:
            self._live.update(table(moment), refresh=True)
        elif time.monotonic() - self._printed_s >= PLAIN_EVERY_S:
            self._printed_s = time.monotonic()
            self._console.print(line(moment), soft_wrap=True, highlight=False)


def table(moment: Moment) -> Table:
    """The live view."""
    lags = "   ".join(f"{job} {lag:,}" for job, lag in moment.lags.items())
    reasons = "   ".join(f"{code} {count:,}" for code, count in moment.dead_letters.items())
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column()
    grid.add_row(f"[cyan]{moment.phase}", f"[cyan]{moment.elapsed_s:.0f} s")
    grid.add_row("in", f"[bold]{moment.in_per_s:,.0f}/s[/]   {moment.produced:,} events")
    grid.add_row("out", f"[bold]{moment.out_per_s:,.0f}/s[/]   {moment.silver:,} silver   {moment.dropped:,} dropped")
    grid.add_row("lag", lags)
    grid.add_row("committed", moment.committed.text())
    grid.add_row("searchable", moment.searchable.text())
    grid.add_row("dead letters", f"[bold]{moment.dead:,}[/]   {reasons}")
    return grid


def line(moment: Moment) -> str:
    """The same as one line of text."""
    lags = " ".join(f"{job} {lag:,}" for job, lag in moment.lags.items())
    return (
        f"  {moment.phase} {moment.elapsed_s:.0f} s: in {moment.in_per_s:,.0f}/s, out {moment.out_per_s:,.0f}/s, "
        f"lag {lags or '–'}, dead letters {moment.dead:,}, committed {moment.committed.text()}, "
        f"searchable {moment.searchable.text()}"
    )
