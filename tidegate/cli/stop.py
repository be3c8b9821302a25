"""`tidegate stop`: end a Flink job."""

import click

from tidegate.jobs import stop
from tidegate.settings import get_settings


@click.command("stop")
@click.argument("job")
@click.option("--savepoint/--no-savepoint", default=True, show_default=True, help="Keep the state to go on from.")
def command(job: str, savepoint: bool) -> None:
    """Stop JOB; `tidegate run JOB` goes on where it stopped."""
    path = stop(get_settings(), job, savepoint=savepoint)
    click.echo(f"{job} stopped, savepoint {path}" if path else f"{job} stopped")
