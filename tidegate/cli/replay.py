"""``tidegate replay``: refines again what was lost, and nothing else.

Exit codes: 0 nothing is missing (any more), 1 something still is, or it can't be told.
"""

import click

from tidegate.cli.output import tables
from tidegate.proof.reconcile import Scope, prove
from tidegate.proof.show import print_report
from tidegate.replay.missing import find_missing
from tidegate.replay.run import run_plan
from tidegate.settings import get_settings


@click.command(name="replay")
@click.argument("dataset")
@click.option("--wait", "wait_s", type=click.FloatRange(min=0), metavar="SECONDS", help="let refine catch up first.")
@click.option("--dry-run", is_flag=True, help="only say what is missing.")
def command(dataset: str, wait_s: float | None, dry_run: bool) -> None:
    """Refine again the events of DATASET that are in no output of refine, although refine has gone past them.

    That happens when refine is down for longer than its transactions live. Each missing event is read from the raw
    topic once more and gets its verdict, in one more transaction; all others are left alone. The lake and the search
    index follow by themselves. The proof is made before and after.
    """
    settings = get_settings()
    plan = find_missing(settings, dataset, wait_s)
    if not plan.count:
        click.echo(f"Nothing of {dataset} is missing.")
        return
    places = ", ".join(f"{len(offsets):,} of partition {number}" for number, offsets in plan.offsets.items() if offsets)
    click.echo(f"{plan.count:,} events of {dataset} are missing: {places}.")
    if dry_run:
        click.get_current_context().exit(1)
    file = run_plan(settings, plan)
    click.echo(f"They were refined again; their offsets are in {file}.")
    report = prove(settings, dataset, Scope(lake=False, index=False))
    print_report(report, tables())
    click.get_current_context().exit(0 if report.holds else 1)
