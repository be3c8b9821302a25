"""`tidegate down`: stop the local stack."""

import click

from tidegate.settings import get_settings
from tidegate.stack import local


@click.command("down")
@click.option("--only", help="These servers, separated by commas: kafka, registry, opensearch, seaweedfs, flink.")
@click.option("--purge", is_flag=True, help="Remove the stack's folder with all its data as well.")
def command(only: str | None, purge: bool) -> None:
    """Stop the local stack and leave no process."""
    settings = get_settings()
    if purge and only:
        raise click.UsageError("--purge removes the data of all servers: it can't be used with --only.")
    stopped = local.down(settings, only=only.split(",") if only else None, purge=purge)
    click.echo(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
    if purge:
        click.echo(f"Removed {settings.home}.")
