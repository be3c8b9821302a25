"""``tidegate contract``: list, show, check and register contracts."""

import click
from rich.console import Console
from rich.table import Table

from tidegate.contracts.register import register_all
from tidegate.errors import ContractError
from tidegate.settings import get_settings


@click.group()
def command() -> None:
    """List, show, check and register contracts."""


@command.command()
@click.argument("datasets", nargs=-1)
@click.option("--all", "all_datasets", is_flag=True, help="every dataset in the contract folder")
def register(datasets: tuple[str, ...], all_datasets: bool) -> None:
    """Create the topics and register the schemas of DATASETS. Safe to repeat."""
    if not datasets and not all_datasets:
        raise ContractError("no dataset given.", remedy="Name one, or give --all.")
    settings = get_settings()
    done = register_all(settings, settings.schemas_dir, () if all_datasets else datasets)
    table = Table("subject", "schema ids", "new")
    for report in done.subjects:
        table.add_row(report.subject, ", ".join(map(str, report.schema_ids)), str(report.added))
    Console().print(table)
    click.echo(f"topics: {len(done.topics.created)} created, {len(done.topics.unchanged)} there already")
    for warning in done.topics.warnings:
        click.echo(f"{click.style('warning:', fg='yellow')} {warning}", err=True)
