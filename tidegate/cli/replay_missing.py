"""``tidegate replay missing``: refines again what was lost, and nothing else.

Exit codes: 0 nothing is missing (any more), 1 something still is, or it can't be told.
"""

import click

from tidegate.cli.output import tables
from tidegate.clients.audit import audited, new_action
from tidegate.proof.reconcile import Scope, prove
from tidegate.proof.show import print_report
from tidegate.replay.missing import find_missing
from tidegate.replay.plan import Plan
from tidegate.replay.run import run_plan
from tidegate.replay.turn import replay_turn
from tidegate.settings import get_settings


@click.command("missing")
@click.argument("dataset")
@click.option("--wait", "wait_s", type=click.FloatRange(min=0), metavar="SECONDS", help="let refine catch up first.")
@click.option("--dry-run", is_flag=True, help="only say what is missing.")
@click.option("--lake/--no-lake", default=True, help="ask the lake whether it has rows of what is missing.")
@click.option("--index/--no-index", default=True, help="ask the search index the same.")
def command(dataset: str, wait_s: float | None, dry_run: bool, lake: bool, index: bool) -> None:
    """Refine again the events of DATASET that are in no output of refine, although refine has gone past them.

    That happens when refine is down for longer than its transactions live. Each missing event is read from the raw
    topic once more and gets its verdict, in one more transaction; all others are left alone. The lake and the search
    index follow by themselves. The proof is made before and after. Where it can't tell that an event is lost, nothing
    is refined: behind an open transaction, after retention, or if lake or index have the event.

    Example: tidegate replay missing clicks --dry-run
    """
    settings = get_settings()
    with replay_turn(settings) as turn:
        plan = find_missing(settings, dataset, wait_s, lake=lake, index=index)
        if not plan.count:
            click.echo(f"Nothing of {dataset} is missing.")
            return
        _show(plan)
        if dry_run:
            click.get_current_context().exit(1)
        with audited(settings, new_action("replay missing", dataset)) as counts:
            file = run_plan(settings, plan, turn)
            counts["refined"] = plan.count
    click.echo(f"They were refined again; their offsets are in {file}.")
    report = prove(settings, dataset, Scope(lake=False, index=False))
    print_report(report, tables())
    click.get_current_context().exit(0 if report.holds else 1)


def _show(plan: Plan) -> None:
    places = ", ".join(f"{len(offsets):,} of partition {number}" for number, offsets in plan.offsets.items() if offsets)
    click.echo(f"{plan.count + plan.left:,} events of {plan.dataset} are missing.")
    if plan.left:
        click.echo(f"One replay takes the first {plan.count:,}; run it again for the other {plan.left:,}.")
    click.echo(f"In this replay: {places}.")
