"""What ``tidegate retention`` prints for people."""

from collections.abc import Sequence

import click
from rich.box import SIMPLE_HEAD
from rich.table import Table

from tidegate.cli.output import tables
from tidegate.retention.apply import Report
from tidegate.retention.survey import BY, Emptied, Shelf, Survey

_MB = 1_000_000
_SHOWN = 5


def print_survey(survey: Survey) -> None:
    """Places, personal fields and topics of one dataset."""
    table = Table(title=f"{survey.dataset}: as of {survey.today} (UTC)", box=SIMPLE_HEAD)
    for heading in ("place", "by", "kept", "says", "oldest", "rows", "MB", "goes"):
        table.add_column(heading, justify="right" if heading in ("rows", "MB") else "left")
    for shelf in survey.shelves:
        table.add_row(*_shelf(shelf))
    tables().print(table)
    for each in survey.emptied:
        click.echo(_emptied(each))
    for topic in survey.topics:
        if topic.is_too_long and topic.limit is not None:
            kept = "for ever" if topic.hours is None else f"for {topic.hours / 24:g} days"
            click.echo(
                f"warning: Kafka keeps {topic.topic} {kept}, {topic.limit.said_by} says {topic.limit.days} days. "
                "Nothing here removes records of a topic: shorten its retention."
            )
    if survey.files_store is not None:
        click.echo(f"warning: nothing here removes the copies of its files in {survey.files_store}.")
    click.echo(f"{survey.dataset}: {_goes(survey)}")


def consequence(surveys: Sequence[Survey]) -> str:
    """What is asked before it is done."""
    return "For good: " + "; ".join(f"{each.dataset}: {_goes(each)}" for each in surveys if each.has_work) + "."


def print_left(report: Report) -> None:
    """What was done, and what is still to be read of it and how that ends."""
    if not report.done:
        click.echo(f"{report.dataset}: nothing was removed.")
    for each in report.left:
        held = f", held by {', '.join(each.needed_by)}" if each.needed_by else ""
        click.echo(
            f"{each.table}: what was removed can still be read by {each.snapshots:,} earlier snapshots{held}. "
            f"`tidegate retention apply {report.dataset}` takes them away when they are a day old, with "
            "`--keep-snapshots-days 0` now; the last commit of a job goes when it has made the next one."
        )


def _shelf(shelf: Shelf) -> tuple[str, ...]:
    doomed = shelf.doomed
    goes = "nothing"
    if doomed:
        names = ", ".join(piece.name for piece in doomed[:_SHOWN]) + (", …" if len(doomed) > _SHOWN else "")
        goes = f"{sum(piece.rows for piece in doomed):,} rows before {shelf.before}: {names}"
    return (
        shelf.name,
        BY[shelf.kind],
        f"{shelf.limit.days:,} days",
        shelf.limit.said_by,
        shelf.oldest or "none",
        f"{sum(piece.rows for piece in shelf.pieces):,}",
        f"{sum(piece.bytes for piece in shelf.pieces) / _MB:,.1f}",
        goes,
    )


def _emptied(each: Emptied) -> str:
    paths = ", ".join(each.personal.paths) or "no column of silver that can be emptied"
    kept = f"; {', '.join(each.personal.kept)} stays, rows are known by it" if each.personal.kept else ""
    rows = sum(day.rows for day in each.days)
    goes = (
        f"{len(each.days):,} days with {rows:,} rows, {each.documents:,} documents"
        if rows or each.documents
        else "nothing"
    )
    return (
        f"{each.personal.field} ({each.personal.purpose}): {each.personal.limit.days:,} days, in {paths}{kept}. "
        f"Emptied before {each.before}: {goes}."
    )


def _goes(survey: Survey) -> str:
    if not survey.has_work:
        return "nothing is too old"
    parts = [f"{sum(p.rows for p in shelf.doomed):,} rows of {shelf.name}" for shelf in survey.shelves if shelf.doomed]
    parts += [f"values of {each.personal.field}" for each in survey.emptied if each.days or each.documents]
    return ", ".join(parts) + " go"
