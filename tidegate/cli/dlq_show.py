"""Dead letters as tables for people."""

from datetime import UTC, datetime
from itertools import groupby

import click
from rich.markup import escape
from rich.table import Table

from tidegate.cli.output import tables
from tidegate.dead_letters.ledger import State
from tidegate.dlq.listing import Line, Page
from tidegate.dlq.stats import MOST_GROUPS, Asked, DatasetStats, Stats

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))
_MESSAGE = 80


def age(seconds: float | None) -> str:
    """A duration in one unit, such as ``3.4 h``."""
    if seconds is None:
        return ""
    size, unit = next((each for each in _UNITS if seconds >= each[0]), _UNITS[-1])
    return f"{seconds / size:.{0 if size == 1 else 1}f} {unit}"


def when(at_ms: int) -> str:
    """A time in UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def print_stats(stats: Stats, asked: Asked) -> None:
    """Groups, then each dataset's states."""
    console = tables()
    if not stats.groups:
        click.echo("No dead letters." if not str(asked.wanted) else f"No letter is meant by {asked.wanted}.")
    else:
        shown = Table(*stats.by)
        for title in ("letters", "open", "oldest open"):
            shown.add_column(title, justify="right")
        for group in stats.groups:
            keys = ("" if key is None else escape(key) for key in group.by)
            shown.add_row(*keys, f"{group.letters:,}", f"{group.open:,}", age(group.oldest_open_s))
        console.print(shown)
        if len(stats.groups) == MOST_GROUPS:
            click.echo(f"The {MOST_GROUPS:,} largest groups; filter for others.")
    for each in stats.datasets:
        if each.letters or len(stats.datasets) == 1:
            console.print(_line(each) + _elsewhere(each), markup=False, highlight=False, soft_wrap=True)
    if len(stats.datasets) > 1:
        click.echo(f"All datasets: {stats.letters:,} letters.")


def _line(each: DatasetStats) -> str:
    states = " + ".join(f"{number:,} {state}" for state, number in each.states.items() if number)
    text = f"{each.dataset}: {each.letters:,} letters" + (f" = {states}" if states else "")
    if each.share is not None and each.letters:
        text += f"; {each.share:.2%} of its traffic"
    if each.oldest_open_s is not None:
        text += f"; the oldest open one is {age(each.oldest_open_s)} old and expires in {age(each.expires_in_s)}"
    if each.uncounted:
        text += f"; at most {each.uncounted:,} more expired before they were counted here, and no lake tells of them"
    return f"{text}."


def _elsewhere(each: DatasetStats) -> str:
    """Whether the producer has sent right ones since; a line of its own, or nothing."""
    settle = f"`tidegate dlq settle {each.dataset}"
    if each.made_up:
        return f"\n  {each.made_up:,} of them are in silver all the same: {settle}` resolves them."
    is_known = each.made_up is not None
    if is_known or not (each.states[State.OPEN] or each.states[State.PARKED]):
        return ""
    return f"\n  Whether some are in silver all the same by now, {settle} --dry-run` says."


def print_page(page: Page, size: int) -> None:
    """The causes with their counts, under each its letters of this page."""
    if not page.letters:
        click.echo("No such dead letters.")
        return
    console = tables()
    totals = {each.cause: each for each in page.causes}
    ordered = sorted(page.lines, key=lambda line: (-_total(page, line), line.cause, -line.failed_at))
    for cause, lines in groupby(ordered, key=lambda line: line.cause):
        total = totals.get(cause)
        count = f": {total.letters:,} letters, {total.open:,} open" if total else ""
        console.print(f"\n{' '.join(filter(None, cause))}{count}", markup=False, highlight=False, soft_wrap=True)
        console.print(_lines([*lines]))
    pages = -(-page.letters // size)
    click.echo(
        f"\nPage {page.first // size + 1:,} of {pages:,}: {page.letters:,} letters of {len(page.causes)} causes."
    )
    if page.lines:
        click.echo(f"Next: tidegate dlq show {page.lines[0].id}")


def _total(page: Page, line: Line) -> int:
    return next((each.letters for each in page.causes if each.cause == line.cause), 0)


def _lines(lines: list[Line]) -> Table:
    shown = Table("letter", "failed at", "state", "dataset", "record", "message", "attempt")
    for line in lines:
        row = "" if line.source_row is None else f" row {line.source_row}"
        place = f"{line.source_topic}/{line.source_partition}/{line.source_offset}{row}" if line.source_topic else ""
        message = line.message if len(line.message) <= _MESSAGE else f"{line.message[:_MESSAGE]}…"
        facts = (line.id, when(line.failed_at), line.state, line.dataset, place, message, str(line.attempt))
        shown.add_row(*map(escape, facts))
    return shown
