"""`tidegate stop`: end Flink jobs."""

from concurrent.futures import ThreadPoolExecutor

import click

from tidegate import log
from tidegate.jobs.savepoints import KEPT, remove_old
from tidegate.jobs.start import stop
from tidegate.settings import get_settings


@click.command("stop")
@click.argument("jobs", nargs=-1, required=True)
@click.option("--savepoint/--no-savepoint", default=True, show_default=True, help="Keep the state to go on from.")
def command(jobs: tuple[str, ...], savepoint: bool) -> None:
    """Stop JOBS, all at the same time; `tidegate run JOBS` goes on where they stopped."""
    settings = get_settings()
    with ThreadPoolExecutor(len(jobs)) as pool:
        paths = pool.map(lambda job: stop(settings, job, savepoint=savepoint), jobs)
        for job, path in zip(jobs, paths, strict=True):
            log.event("job_stopped", job=job, savepoint=path)
            removed = remove_old(settings, job, path) if path else 0
            older = f"; {removed} older ones removed, the newest {KEPT} are kept" if removed else ""
            click.echo(f"{job} stopped, savepoint {path}{older}" if path else f"{job} stopped")
