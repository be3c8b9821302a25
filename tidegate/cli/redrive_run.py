"""``tidegate redrive run``, ``status`` and ``cancel``: carry a plan out, see how far it is, end it.

Exit codes: 0 every letter of the plan is resolved (or discarded), 1 a problem, or letters that are not.
"""

import json
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from tidegate.cli.output import tables
from tidegate.cli.prove_files import show_proof
from tidegate.clients.audit import default_actor
from tidegate.contracts.dataset import Files
from tidegate.contracts.load import load_refined
from tidegate.files.proof import FilesProof
from tidegate.files.prove import Asked, prove_files
from tidegate.files.redrive_run import cancel_plan_of_rows, run_plan_of_rows
from tidegate.proof.reconcile import Scope, prove
from tidegate.proof.report import ProofReport
from tidegate.proof.show import print_report
from tidegate.redrive.end import cancel_plan, status_of
from tidegate.redrive.pace import Pace
from tidegate.redrive.plan import RedrivePlan, load
from tidegate.redrive.progress import Progress
from tidegate.redrive.run_plan import Orders, run_plan
from tidegate.redrive.running import Running
from tidegate.settings import Settings, get_settings
from tidegate.stopping import stop_on_signal


class Percent(click.ParamType[float]):
    """A share, given as ``10%`` or ``0.1``."""

    name = "percent"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The share as a number from 0 to 1."""
        if isinstance(value, float):
            return value
        try:
            share = float(value.removesuffix("%")) / (100 if value.endswith("%") else 1)
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            self.fail(f"{value!r} is no share: give 10% or 0.1.", param, ctx)
        return share


@click.command()
@click.argument("plan_id", metavar="PLAN")
@click.option("--rate", type=click.FloatRange(min=0, min_open=True), metavar="N", help="at most N a second.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="send at most N now; run it again for more.")
@click.option("--ramp/--no-ramp", default=True, help="begin with 1 %, then 10 %, and await what becomes of them.")
@click.option(
    "--max-failed", type=Percent(), default="10%", show_default=True, metavar="SHARE", help="pause if more fail again."
)
@click.option(
    "--max-lag",
    type=click.IntRange(min=0),
    default=20_000,
    show_default=True,
    metavar="N",
    help="wait while refine falls back by more records beside the copies.",
)
@click.option(
    "--wait",
    "wait_s",
    type=click.FloatRange(min=0),
    default=120.0,
    show_default=True,
    metavar="SECONDS",
    help="give up when refine has not moved for so long; what is in flight stays so.",
)
@click.option(
    "--prove/--no-prove",
    "proves",
    default=True,
    help="end with the proof of the dataset's topics; of documents also of the index.",
)
@click.option("--actor", metavar="NAME", help="who does it, for the audit record; default: user@host.")
@click.option("--json", "as_json", is_flag=True, help="print JSON.")
def run(plan_id: str, actor: str | None, proves: bool, as_json: bool, **pace: Any) -> None:
    """Send what is left of PLAN, and settle what becomes of each letter. Rows of files are loaded, all at once.

    Each batch of copies and what the ledger says of them are one transaction: after a crash, Ctrl-C or a pause, run it
    again; nothing is lost or sent twice.

    \b
    Examples:
      tidegate redrive run orders-20261129T080102-3f2a91
      tidegate redrive run orders-20261129T080102-3f2a91 --rate 500 --limit 1000
    """
    settings = get_settings()
    plan = load(settings, plan_id)
    done = _carry_out(settings, plan, Pace(**pace), actor or default_actor())
    report = _proof(settings, plan) if proves else None
    if as_json:
        more = {"sent": done.sent, "not_sent": dict(done.not_sent), "paused": done.paused or None}
        proof = report.to_json() if report else None
        click.echo(json.dumps({**done.progress().to_json(), **more, "proof": proof}, indent=2))
    else:
        _print_outcome(done)
        if isinstance(report, FilesProof):
            show_proof(report, as_json=False)
        elif report:
            print_report(report, tables())
    is_good = _all_resolved(done.progress()) and (report is None or report.holds)
    click.get_current_context().exit(0 if is_good else 1)


@click.command()
@click.argument("plan_id", metavar="PLAN")
@click.option("--json", "as_json", is_flag=True, help="print JSON.")
def status(plan_id: str, as_json: bool) -> None:
    """How far PLAN is: in flight, resolved, failed again, left.

    \b
    Example:
      tidegate redrive status orders-20261129T080102-3f2a91
    """
    settings = get_settings()
    found = status_of(settings, load(settings, plan_id))
    if as_json:
        click.echo(json.dumps(found.to_json(), indent=2))
        return
    _print_progress(found)


@click.command()
@click.argument("plan_id", metavar="PLAN")
@click.option("--actor", metavar="NAME", help="who does it, for the audit record; default: user@host.")
def cancel(plan_id: str, actor: str | None) -> None:
    """End the run of PLAN, on whatever machine it is: it sends nothing more.

    What it has sent is settled as far as refine is; what is left stays open, and `tidegate redrive run PLAN` goes on.

    \b
    Example:
      tidegate redrive cancel orders-20261129T080102-3f2a91
    """
    settings = get_settings()
    plan = load(settings, plan_id)
    stream = load_refined(settings.schemas_dir, plan.dataset)
    if isinstance(stream, Files):
        found = cancel_plan_of_rows(settings, stream, plan, actor or default_actor())
    else:
        found = cancel_plan(settings, plan, actor or default_actor())
    click.echo(f"No run of {plan.dataset} sends any more.")
    _print_progress(found)


def _carry_out(settings: Settings, plan: RedrivePlan, pace: Pace, actor: str) -> Running:
    """The run, with a progress line."""
    stream = load_refined(settings.schemas_dir, plan.dataset)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with stop_on_signal() as stop, Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(plan.plan_id, total=len(plan.letters))

        def tell(run: Running) -> None:
            bar.update(task, completed=run.done, description=run.line())

        orders = Orders(actor, pace, stop, tell)
        if isinstance(stream, Files):
            done = run_plan_of_rows(settings, stream, plan, orders)
        else:
            done = run_plan(settings, plan, orders)
        if stop():
            done.paused = done.paused or "it was asked to stop"
    return done


def _proof(settings: Settings, plan: RedrivePlan) -> ProofReport | FilesProof:
    stream = load_refined(settings.schemas_dir, plan.dataset)
    if isinstance(stream, Files):
        return prove_files(settings, stream, Asked())
    return prove(settings, plan.dataset, Scope(lake=False, index=plan.is_of_documents))


def _print_outcome(done: Running) -> None:
    _print_progress(done.progress())
    for reason, count in done.not_sent.most_common():
        click.echo(f"  not sent: {count:,}: {reason}")
    if done.unknown:
        click.echo(
            f"  {done.unknown:,} in flight have left no trace though refine has read them: "
            f"`tidegate prove {done.plan.dataset}` names what is missing, `tidegate replay` refines it again; "
            "then run this again."
        )
    if done.paused:
        click.echo(
            f"It sends no more: {done.paused}. Run it again to go on; --max-failed and --max-lag set the limits."
        )


def _print_progress(found: Progress) -> None:
    click.echo(f"{found.plan_id}: {found.line()}")
    for outcome, count in found.outcomes.items():
        click.echo(f"  resolved, {outcome}: {count:,}")
    for cause, count in found.causes.items():
        click.echo(f"  failed again, {cause}: {count:,}")


def _all_resolved(found: Progress) -> bool:
    return found.is_done and not found.failed_again
