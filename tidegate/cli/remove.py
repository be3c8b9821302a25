"""``tidegate remove``: take a dataset out of what runs."""

import sys

import click

from tidegate import log
from tidegate.apply.removal import Removal
from tidegate.apply.remove import plan_removal, remove
from tidegate.cli.confirm import confirm, confirm_by_name, yes_option
from tidegate.job_names import NAMES
from tidegate.settings import Settings, get_settings


@click.command("remove")
@click.argument("dataset")
@click.option("--dry-run", is_flag=True, help="Say what would end and what would stay, and stop there.")
@click.option("--purge", is_flag=True, help="Delete topics, subjects, tables and indices too; asks for the name.")
@yes_option
def command(dataset: str, dry_run: bool, purge: bool, yes: bool) -> None:
    """Stop the jobs of DATASET, or its part of those it shares, and say what stays. Its folder is yours to delete.

    Works before and after the folder is deleted. Exit code 1 if something was not done.

    \b
    Example:
      tidegate remove readings --dry-run
    """
    settings = get_settings()
    removal = plan_removal(settings, dataset, purge=purge)
    _show(removal)
    if dry_run:
        return
    if purge:
        confirm_by_name(f"What is deleted of {dataset} is gone for good.", dataset, yes=yes)
    elif removal.parts:
        confirm(f"{dataset} is refined no more from here on.", yes=yes)
    problems = remove(settings, removal, click.echo)
    for problem in problems:
        log.failed(problem)
    in_files = bool(removal.written.copies)
    _say_what_is_left(settings, dataset, in_files=in_files)
    if purge and not in_files:
        click.echo(
            f"Its saved state knows events that are gone. Should {dataset} come again, start it the first time with "
            f"`tidegate run {' '.join(NAMES)} --dataset {dataset} --recover-from none`."
        )
    sys.exit(1 if problems else 0)


def _show(removal: Removal) -> None:
    ends, stays = removal.ends(), removal.stays()
    click.echo("\n".join(["Ends:", *(f"  {line}" for line in ends or ["nothing: it does not run"])]))
    if stays:
        lines = [*stays, "its state, in the savepoint" if removal.parts else ""]
        click.echo("\n".join(["Stays:", *(f"  {line}" for line in lines if line)]))


def _say_what_is_left(settings: Settings, dataset: str, *, in_files: bool) -> None:
    folder = settings.schemas_dir / dataset
    if folder.is_dir():
        again = f"`tidegate files load {dataset}` loads its files" if in_files else f"`tidegate apply` starts {dataset}"
        click.echo(f"Now delete {folder} and commit that: while it is there, {again} again.")
