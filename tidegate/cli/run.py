"""`tidegate run`: start Flink jobs."""

import sys

import click

from tidegate import log
from tidegate.cli.confirm import confirm, yes_option
from tidegate.cli.output import LEFT_OUT
from tidegate.contracts.sound import sound_datasets
from tidegate.job_names import NAMES, REFINE
from tidegate.jobs.consequences import consequences
from tidegate.jobs.plan_start import Start
from tidegate.jobs.start import start
from tidegate.replay.brought_back import brought_back
from tidegate.settings import get_settings


@click.command(
    "run",
    help=f"Start JOBS ({', '.join(NAMES)}) beside what runs and wait until their tasks run. Exit code 1 if one, or a "
    "dataset of one, can't be started: the others are; 3 if they go on without a dataset whose contract is wrong."
    "\n\n\b\nExamples:\n  tidegate run refine lake\n  tidegate run refine --dataset readings",
)
@click.argument("jobs", nargs=-1, required=True)
@click.option(
    "--dataset",
    "datasets",
    multiple=True,
    help="Only this dataset (repeatable), in a job of its own; else all streams that do not run yet.",
)
@click.option(
    "--recover-from",
    default="latest",
    show_default=True,
    metavar="latest|none|PATH",
    help="State to go on from: the newest checkpoint or savepoint, none, or the path of one.",
)
@click.option("--forget-removed", is_flag=True, help="Give up the state of operators that the SQL has no more.")
@click.option(
    "--budget-reset",
    is_flag=True,
    help="What has arrived until now does not count in refine's error budget: after a stop past it, the bad records "
    "become dead letters. E.g. `tidegate run refine --dataset clicks --budget-reset`.",
)
@click.option("--leave-running", is_flag=True, help="Leave a job that runs already as it is; else that is an error.")
@yes_option
def command(
    jobs: tuple[str, ...],
    datasets: tuple[str, ...],
    recover_from: str,
    forget_removed: bool,
    budget_reset: bool,
    leave_running: bool,
    yes: bool,
) -> None:
    """Starts the jobs and says where each is to be seen."""
    settings = get_settings()
    if recover_from not in ("latest", "none") and len(jobs) > 1:
        raise click.UsageError("--recover-from PATH is the state of one job: start it alone.")
    if budget_reset and REFINE not in jobs:
        raise click.UsageError("--budget-reset is for refine, which has the error budget.")
    what = Start(jobs, datasets, recover_from, forget_removed, leave_running, budget_reset)
    if not yes and (found := [*consequences(settings, what), *brought_back(settings, what)]):
        confirm(" ".join(found), yes=yes)
    left_out = {} if datasets else sound_datasets(settings.schemas_dir).left_out
    log.left_out(left_out)  # the job says it too, but to Flink
    started = start(settings, what)
    for job in started.jobs:
        log.event("job_started", job=job.name, job_id=job.job_id, datasets=list(datasets) or None)
        click.echo(f"{job.name} runs: {settings.flink_rest_url}/#/job/running/{job.job_id}/overview")
    for failure in started.failures:
        log.failed(failure)
    if started.failures:
        sys.exit(1)
    sys.exit(LEFT_OUT if left_out else 0)
