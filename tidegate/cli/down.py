"""`tidegate down`: stop the local stack."""

import click

from tidegate.cli.confirm import confirm, yes_option
from tidegate.settings import get_settings
from tidegate.stack import local
from tidegate.stack.home import removal


@click.command("down")
@click.option("--only", help="These servers, separated by commas: kafka, registry, opensearch, seaweedfs, flink.")
@click.option("--purge", is_flag=True, help="Remove the stack's folder with all its data as well; asks first.")
@yes_option
def command(only: str | None, purge: bool, yes: bool) -> None:
    """Stop the local stack and leave no process.

    \b
    Examples:
      tidegate down
      tidegate down --only flink
    """
    settings = get_settings()
    if purge and only:
        raise click.UsageError("--purge removes the data of all servers: it can't be used with --only.")
    planned = removal(settings.home) if purge else None
    if planned is not None:
        confirm(planned.describe(), yes=yes)
    stopped = local.down(settings, only=only.split(",") if only else None, purge=purge)
    click.echo(f"Stopped: {', '.join(stopped)}." if stopped else "Nothing was running.")
    if planned is not None:
        stays = ", ".join(path.name for path in planned.stays)
        click.echo(f"Removed {settings.home}{', but what is not its own: ' + stays if stays else ''}.")
    elif purge:
        click.echo(f"There is no folder {settings.home}.")
