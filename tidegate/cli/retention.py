"""``tidegate retention``: how long what is kept, and the removal of what is too old.

Exit codes: 0 done or shown, 1 a problem, or it was not confirmed.
"""

import json
from datetime import UTC, datetime

import click

from tidegate import log
from tidegate.cli.confirm import confirm, yes_option
from tidegate.cli.retention_told import consequence, print_left, print_survey
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import file_datasets, load_refined, stream_datasets
from tidegate.retention.apply import Order, apply
from tidegate.retention.look import survey
from tidegate.retention.survey import Survey
from tidegate.settings import Settings, get_settings

KEEP_DAYS = 1
"""A query or a proof goes on with the snapshot that it began with."""
dataset_argument = click.argument("dataset", required=False)
json_option = click.option("--json", "as_json", is_flag=True, help="print JSON.")


@click.group()
def command() -> None:
    """How long the contracts keep what, and the removal of what is too old."""


@command.command()
@dataset_argument
@json_option
def show(dataset: str | None, as_json: bool) -> None:
    """What lies there of DATASET (or of all), for how long, and what `apply` would remove today. Changes nothing.

    \b
    Example:
      tidegate retention show clicks
    """
    _show(_surveys(get_settings(), dataset), as_json=as_json)


@command.command("apply")
@dataset_argument
@click.option("--dry-run", is_flag=True, help="Only show what would go.")
@click.option(
    "--keep-snapshots-days",
    "keep_days",
    type=click.IntRange(min=0),
    default=KEEP_DAYS,
    show_default=True,
    metavar="N",
    help="what is removed from the lake stays readable by older snapshots for so long; 0: gone at once, "
    "and a query that is at work may fail.",
)
@click.option("--actor", metavar="NAME", help="who has it done; default: the user of this machine.")
@json_option
@yes_option
def apply_(  # noqa: PLR0913 one each option
    dataset: str | None, dry_run: bool, keep_days: int, actor: str | None, as_json: bool, yes: bool
) -> None:
    """Remove what DATASET (or all) keeps for longer than its contract says: days, indices, personal values.

    Killed in between it is typed again: what is done is not done twice.

    \b
    Examples:
      tidegate retention apply --dry-run
      tidegate retention apply clicks --yes
    """
    settings = get_settings()
    found = _surveys(settings, dataset)
    if not as_json or dry_run:
        _show(found, as_json=as_json)
    if dry_run:
        return
    if any(each.has_work for each, _ in found):
        confirm(consequence([each for each, _ in found]), yes=yes)
    reports = [apply(settings, stream, each, Order(keep_days, actor), _tell) for each, stream in found]
    if as_json:
        click.echo(json.dumps([report.facts() for report in reports], indent=2))
        return
    for report in reports:
        print_left(report)


def _tell(text: str) -> None:
    log.tell(text, "retention_removed")


def _show(found: list[tuple[Survey, Stream]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([each.facts() for each, _ in found], indent=2))
        return
    for each, _ in found:
        print_survey(each)


def _surveys(settings: Settings, dataset: str | None) -> list[tuple[Survey, Stream]]:
    folder, today = settings.schemas_dir, datetime.now(UTC).date()
    every = [*stream_datasets(folder), *file_datasets(folder)]
    streams = every if dataset is None else [load_refined(folder, dataset)]
    return [(survey(settings, stream, today), stream) for stream in streams]
