"""``tidegate replay run|cancel``: does what a plan says, or takes back what of it is not published.

Exit codes of ``run``: 0 written, and the proof holds; 1 otherwise.
"""

from typing import NoReturn

import click

from tidegate.cli.confirm import confirm, yes_option
from tidegate.cli.replay_told import cancelled, result, to_be_replaced
from tidegate.clients.audit import default_actor
from tidegate.errors import TidegateError
from tidegate.replay.lake_run import cancel as cancel_replay
from tidegate.replay.lake_run import hold_to, run_lake
from tidegate.replay.metrics_run import run_metrics
from tidegate.replay.missing_run import run_missing
from tidegate.replay.range_plan import SILVER_TARGET, RangePlan
from tidegate.replay.store import PLANNED, load_plan, load_status
from tidegate.replay.targets import LAKE, METRICS
from tidegate.replay.turn import replay_turn
from tidegate.settings import Settings, get_settings

rate_option = click.option(
    "--rate", type=click.FloatRange(min=0, min_open=True), metavar="N", help="Raw records a second, at most."
)


@click.command("run")
@click.argument("plan_id")
@rate_option
@click.option("--actor", help="Who runs it; the user of this machine if left out.")
@yes_option
def run(plan_id: str, rate: float | None, actor: str | None, yes: bool) -> None:
    """Run a replay from wherever it is: write aside, account for every record, publish in one commit, prove.

    Where the index is written too, its documents follow the commit. Silver's next topics are filled once the proof
    holds; nothing is switched to them. Killed in the middle, it is run again and goes on.
    Until the commit the table is as it was. A Flink job that runs already keeps the rate that it was begun with.

    Example: tidegate replay run 20261121t101500-1a2b --rate 5000
    """
    settings = get_settings()
    plan = load_plan(settings, plan_id)
    if rate is not None and LAKE not in plan.targets:
        raise click.UsageError("--rate is of a range that is read from raw or bronze.")
    if plan.target == SILVER_TARGET:
        _run_missing(settings, plan, actor or default_actor())
    if plan.target == METRICS:
        _run_metrics(settings, plan, actor or default_actor(), yes=yes)
    if load_status(settings, plan_id).state == PLANNED:
        confirm(to_be_replaced(plan), yes=yes)
    with replay_turn(settings, own=plan.job_name):
        if rate is not None:
            hold_to(settings, plan, rate)
        status = run_lake(settings, plan, actor or default_actor(), _Progress(plan))
    for line in result(plan, status):
        click.echo(line)
    click.get_current_context().exit(0 if status.proof_holds else 1)


def _run_missing(settings: Settings, plan: RangePlan, actor: str) -> NoReturn:
    with replay_turn(settings) as turn:
        status = run_missing(settings, plan, actor, turn)
    click.echo(status.proof)
    click.get_current_context().exit(0 if status.proof_holds else 1)


def _run_metrics(settings: Settings, plan: RangePlan, actor: str, *, yes: bool) -> NoReturn:
    confirm(
        f"{plan.overwritten.rows:,} figures of {plan.dataset} will be replaced by what {plan.events:,} rows of the "
        "lake give now.",
        yes=yes,
    )
    with replay_turn(settings, own=plan.job_name):
        status = run_metrics(settings, plan, actor)
    click.echo(status.proof)
    click.get_current_context().exit(0 if status.proof_holds else 1)


@click.command("cancel")
@click.argument("plan_id")
@click.option("--actor", help="Who cancels it; the user of this machine if left out.")
def cancel(plan_id: str, actor: str | None) -> None:
    """End a replay that has not written all; what it wrote aside is taken away. Says what of it stays.

    Rows that are published and documents that are written stay; what is not, is left as it was. Silver's next topics,
    which nothing reads yet, are deleted.

    Example: tidegate replay cancel 20261121t101500-1a2b
    """
    settings = get_settings()
    plan = load_plan(settings, plan_id)
    if plan.target == SILVER_TARGET:
        raise TidegateError(
            f"the replay {plan_id} refines what is missing: what it has written stays.",
            remedy="If it has not begun, leave it; if it runs, let it end: it is no longer than what is missing.",
        )
    if plan.target == METRICS:
        raise TidegateError(
            f"the replay {plan_id} counts metrics: a part of them would be new, a part old.",
            remedy="If it has not begun, leave it; if it runs, let it end, or run it once more.",
        )
    click.echo(cancelled(plan, cancel_replay(settings, plan, actor or default_actor())))


class _Progress:
    """Says when more has been read, on standard error."""

    def __init__(self, plan: RangePlan) -> None:
        self._plan = plan
        self._last = 0

    def __call__(self, read: int) -> None:
        if read > self._last:
            self._last = read
            click.echo(f"{read:,} of {self._plan.events:,} raw records read", err=True)
