"""``tidegate query``: SQL over the lake.

Exit codes: 0 answered, 1 a wrong question or an outage, 2 wrong usage.
"""

import sys
from pathlib import Path
from typing import get_args

import click
from rich.markup import escape
from rich.table import Table

from tidegate import log
from tidegate.cli.output import tables
from tidegate.errors import TidegateError
from tidegate.query.answer import MOST_ROWS, FileFormat, cell, write
from tidegate.query.catalog import Lake
from tidegate.query.samples import samples
from tidegate.query.session import Session
from tidegate.settings import get_settings

STDIN = "-"


@click.command()
@click.argument("question", required=False, metavar="[SQL]")
@click.option("--sql", metavar="TEXT|FILE|-", help="the question as text, in a file, or from standard input.")
@click.option("--format", "shown_as", type=click.Choice(["table", *get_args(FileFormat)]), help="default: table.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="write it there.")
@click.option("--time-zone", default="UTC", show_default=True, help="in which times are shown, and days begin.")
def command(question: str | None, sql: str | None, shown_as: str | None, output: Path | None, time_zone: str) -> None:
    """Ask the lake in SQL: one SELECT over tables such as silver.clicks, by DuckDB. Without one, list the tables.

    Only the files and columns that the question needs are read. --output tells the format by its ending.

    \b
    Example:
      tidegate query "select count(*) from silver.clicks"
    """
    if question and sql:
        raise click.UsageError("give the question once: as an argument, or by --sql.")
    settings = get_settings()
    lake = Lake(settings)
    if not (question or sql):
        _list(lake)
        return
    text = _text(question or sql or "")
    with Session(lake, settings, time_zone) as session:
        chosen = _format(shown_as, output)
        if chosen is None:
            _print(session, text)
        else:
            write(session, text, chosen, output)


def _format(shown_as: str | None, output: Path | None) -> FileFormat | None:
    """None: a table for people."""
    if shown_as is None and output is None:
        return None
    wanted = shown_as or ("" if output is None else output.suffix.lstrip("."))
    for each in get_args(FileFormat):
        if wanted == each:
            known: FileFormat = each
            if known == "parquet" and output is None and sys.stdout.isatty():
                raise click.UsageError("Parquet is not for a terminal: name a file by --output.")
            return known
    if output is not None:
        raise click.UsageError("--output needs --format csv, parquet or json, or a file that ends in one of these.")
    return None


def _text(given: str) -> str:
    if given == STDIN:
        return sys.stdin.read()
    path = Path(given)
    try:
        return path.read_text() if path.suffix == ".sql" or path.is_file() else given
    except OSError as error:
        problem = TidegateError(f"{path} can't be read: {error.strerror}.", remedy="Name a file that holds the SQL.")
        if path.suffix == ".sql":
            raise problem from error
        return given  # no file has so long a name
    except UnicodeDecodeError as error:
        raise TidegateError(f"{path} is no text.", remedy="Name a file that holds the SQL.") from error


def _print(session: Session, text: str) -> None:
    names, rows = session.rows(text, MOST_ROWS + 1)
    shown = Table()
    for name in names:
        shown.add_column(escape(name), overflow="fold")
    for row in rows[:MOST_ROWS]:
        shown.add_row(*(escape(cell(value)) for value in row))
    tables().print(shown)
    if len(rows) > MOST_ROWS:
        log.tell(f"the first {MOST_ROWS:,} rows; --format csv gives all.", "query_cut")
    read, there = session.files
    log.tell(f"{read:,} of {there:,} files read", "query_answered", files_read=read, files=there)


def _list(lake: Lake) -> None:
    console = tables()
    names = lake.names
    if not names:
        console.print("The lake has no tables yet: `tidegate run lake` makes them.")
        return
    shown = Table()
    for title in ("table", "rows", "columns"):
        shown.add_column(title, justify="right" if title == "rows" else "left", overflow="fold")
    for each in lake.described(names):
        rows = "view" if each.name in lake.views else "" if each.rows is None else f"{each.rows:,}"
        shown.add_row(escape(each.name), rows, escape(", ".join(each.columns)))
    console.print(shown)
    console.print("\nTry:")
    for sample in samples(lake.tables):
        console.print(f'  tidegate query "{sample}"', markup=False, soft_wrap=True, highlight=False)
