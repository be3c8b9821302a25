"""`tidegate run`: start a Flink job."""

import click

from tidegate.jobs import Start, start
from tidegate.settings import get_settings


@click.command("run")
@click.argument("job")
@click.option("--dataset", "datasets", multiple=True, help="Only this dataset (repeatable); else all streams.")
@click.option(
    "--recover-from",
    default="latest",
    show_default=True,
    metavar="latest|none|PATH",
    help="State to go on from: the newest checkpoint or savepoint, none, or the path of one.",
)
def command(job: str, datasets: tuple[str, ...], recover_from: str) -> None:
    """Start JOB (refine, lake or index) and wait until its tasks run."""
    settings = get_settings()
    started = start(settings, Start(job, datasets, recover_from))
    click.echo(f"{job} runs: {settings.flink_rest_url}/#/job/running/{started.job_id}/overview")
