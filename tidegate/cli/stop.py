"""`tidegate stop`: end Flink jobs."""

import sys

import click

from tidegate import log
from tidegate.jobs.savepoints import KEPT, remove_old
from tidegate.jobs.stop import Stopped, stop_jobs
from tidegate.settings import Settings, get_settings


@click.command("stop")
@click.argument("jobs", nargs=-1, required=True)
@click.option(
    "--dataset", "datasets", multiple=True, help="Only this dataset (repeatable); what shares its job goes on without."
)
@click.option("--savepoint/--no-savepoint", default=True, show_default=True, help="Keep the state to go on from.")
def command(jobs: tuple[str, ...], datasets: tuple[str, ...], savepoint: bool) -> None:
    """Stop JOBS, all at the same time; `tidegate run JOBS` goes on where they stopped.

    `refine` means every Flink job of that kind, `refine.readings` that one.

    \b
    Example:
      tidegate stop refine lake
    """
    settings = get_settings()
    stopped = stop_jobs(settings, jobs, datasets, savepoint=savepoint)
    for each in stopped:
        _tell(each, settings)
    failures = [failure for each in stopped for failure in each.failures]
    for failure in failures:
        log.failed(failure)
    sys.exit(1 if failures else 0)


def _tell(stopped: Stopped, settings: Settings) -> None:
    job, path = stopped.name, stopped.savepoint
    log.event("job_stopped", job=job, savepoint=path, go_on=list(stopped.go_on) or None)
    removed = remove_old(settings, job, path) if path else 0
    older = f"; {removed} older ones removed, the newest {KEPT} are kept" if removed else ""
    click.echo(f"{job} stopped, savepoint {path}{older}" if path else f"{job} stopped")
    if stopped.go_on:
        click.echo(f"{job} goes on with {', '.join(stopped.go_on)}")
