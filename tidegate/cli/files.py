"""``tidegate files``: daily files, from the supplier's folder into the lake.

Exit codes: 0 done, 1 a problem, 3 done but for files that this load has put into quarantine or left unread.
"""

import sys
from collections.abc import Callable
from datetime import date
from typing import TypeVar

import click

from tidegate.cli.dates import Day
from tidegate.cli.files_check import check_files
from tidegate.cli.files_diff import diff_files
from tidegate.cli.files_make import make
from tidegate.cli.files_told import as_json_text, print_counted, print_days, print_history, print_indexed, print_loaded
from tidegate.clients.audit import default_actor
from tidegate.clients.file_versions import read_history
from tidegate.contracts.dataset import Files
from tidegate.contracts.load import file_datasets, load_files
from tidegate.errors import TidegateError
from tidegate.files.documents import write_again, write_documents
from tidegate.files.figures import count_again, count_days
from tidegate.files.load import Loaded, load_checked
from tidegate.files.put_aside import put_aside
from tidegate.files.retry import retry_versions
from tidegate.files.take_in import look, take_in
from tidegate.settings import Settings, get_settings

NOT_ALL = 3
Done = TypeVar("Done")


@click.group()
def command() -> None:
    """Daily files: what came, what became of it, and loading it."""


command.add_command(check_files)
command.add_command(diff_files)
command.add_command(make)


_DATE = click.option("--date", "day", type=Day(), help="Only files of this date.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@command.command("list")
@click.argument("dataset", required=False)
@_DATE
@_JSON
def list_files(dataset: str | None, day: date | None, as_json: bool) -> None:
    """The files of a dataset, or of all, by date: what is known of each, what is waited for. Takes none in.

    \b
    Examples:
      tidegate files list
      tidegate files list transactions --date 2026-11-28
    """
    settings = get_settings()
    found = {each.name: look(settings, each, day).days for each in _datasets(settings, dataset)}
    if as_json:
        click.echo(as_json_text(found))
        return
    for name, days in found.items():
        print_days(name, days)


@command.command("load")
@click.argument("dataset")
@_DATE
@_JSON
def load_files_of(dataset: str, day: date | None, as_json: bool) -> None:
    """Takes in what is new and complete, judges it, publishes it in one commit. Again, it goes on or does nothing.

    Exit code 3: files were put into quarantine by this load, or left unread; `files list` shows those of before too.

    \b
    Examples:
      tidegate files load transactions
      tidegate files load transactions --date 2026-11-28
    """
    settings = get_settings()
    files = load_files(settings.schemas_dir, dataset)
    taken = take_in(settings, files, day, tell=lambda each: _say(f"read {each.listed.uri}", as_json))
    loads: list[Loaded] = []
    while (loaded := load_checked(settings, files, day, default_actor())) is not None:
        loads.append(loaded)
    problems: list[TidegateError] = []
    counted = _followed(lambda: count_days(settings, files, default_actor()), problems)
    indexed = _followed(lambda: write_documents(settings, files, default_actor()), problems)
    days = look(settings, files, day).days
    if as_json:
        click.echo(as_json_text({"loads": loads, "days": days, "metrics": counted, "index": indexed}))
    else:
        for each in loads:
            print_loaded(each)
        print_counted(counted)
        print_indexed(indexed)
        print_days(dataset, days)
    if problems:
        raise problems[0]
    if not taken.is_all_well or any(each.state == "quarantined" for load in loads for each in load.files):
        sys.exit(NOT_ALL)


@command.command()
@click.argument("dataset")
@_DATE
@_JSON
def index(dataset: str, day: date | None, as_json: bool) -> None:
    """Writes the documents of loaded files once more, as after a change of the mapping, or where some were lost.

    \b
    Examples:
      tidegate files index catalog
      tidegate files index catalog --date 2026-11-28
    """
    settings = get_settings()
    indexed = write_again(settings, load_files(settings.schemas_dir, dataset), day, default_actor())
    if as_json:
        click.echo(as_json_text({"index": indexed}))
    else:
        print_indexed(indexed)
        _say_if_none(indexed, dataset, day)


@command.command()
@click.argument("dataset")
@_DATE
@_JSON
def count(dataset: str, day: date | None, as_json: bool) -> None:
    """Counts the metrics of the days that loaded files have rows of once more, as after a change of a metric.

    \b
    Examples:
      tidegate files count transactions
      tidegate files count transactions --date 2026-11-28
    """
    settings = get_settings()
    counted = count_again(settings, load_files(settings.schemas_dir, dataset), day, default_actor())
    if as_json:
        click.echo(as_json_text({"metrics": counted}))
    else:
        print_counted(counted)
        _say_if_none(counted, dataset, day)


@command.command()
@click.argument("dataset")
@click.argument("file", metavar="NUMBER|URI")
@_JSON
def show(dataset: str, file: str, as_json: bool) -> None:
    """All states that a file was in, with the counts of its rows and its first faults.

    \b
    Example:
      tidegate files show transactions 3
    """
    settings = get_settings()
    files = load_files(settings.schemas_dir, dataset)
    history = [each for each in read_history(settings, dataset) if file in (str(each.number), each.uri)]
    if not history:
        raise TidegateError(f"{dataset} has no file {file}.", remedy=f"`tidegate files list {dataset}` shows them all.")
    if as_json:
        click.echo(as_json_text(history))
    else:
        print_history(history, of_rows=files.file.is_parquet)


@command.command()
@click.argument("dataset")
@click.argument("numbers", metavar="NUMBER…", type=int, nargs=-1, required=True)
def retry(dataset: str, numbers: tuple[int, ...]) -> None:
    """Lets files be judged again, as after a change of the contract or of its thresholds.

    Files in quarantine are loaded. One that is loaded gets a new version with the same bytes, which takes its place.

    \b
    Example:
      tidegate files retry transactions 3
    """
    settings = get_settings()
    load_files(settings.schemas_dir, dataset)
    for each in retry_versions(settings, dataset, numbers):
        click.echo(f"{each.number} {each.uri}: checked")
    click.echo(f"`tidegate files load {dataset}` loads them.")


@command.command()
@click.argument("dataset")
@click.argument("numbers", metavar="NUMBER…", type=int, nargs=-1, required=True)
def quarantine(dataset: str, numbers: tuple[int, ...]) -> None:
    """Puts files that are to be loaded into quarantine, also out of a load that was begun and cannot end.

    \b
    Example:
      tidegate files quarantine transactions 3
    """
    settings = get_settings()
    load_files(settings.schemas_dir, dataset)
    for each in put_aside(settings, dataset, numbers, f"put aside by {default_actor()}"):
        click.echo(f"{each.number} {each.uri}: quarantined")
    click.echo(f"`tidegate files load {dataset}` goes on without them; `files retry` lets them be loaded again.")


def _followed(step: Callable[[], Done | None], problems: list[TidegateError]) -> Done | None:
    """What was done behind loads; why it was not, joins ``problems``: the lake has the rows, which is told before."""
    try:
        return step()
    except TidegateError as error:
        problems.append(error)
        return None


def _say_if_none(done: object, dataset: str, day: date | None) -> None:
    if done is None:
        click.echo(f"no file of {dataset}{f' of {day}' if day else ''} is loaded.")


def _datasets(settings: Settings, name: str | None) -> list[Files]:
    if name is not None:
        return [load_files(settings.schemas_dir, name)]
    return file_datasets(settings.schemas_dir)


def _say(text: str, quiet: bool) -> None:
    if not quiet:
        click.echo(text, err=True)
