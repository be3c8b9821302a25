"""``tidegate redrive``: puts dead letters right and sends them again.

Exit codes: 0 done, 1 a problem, no letter to send, or letters that would not pass.
"""

import json
from collections import Counter
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from tidegate.cli import redrive_run
from tidegate.cli.files_check import exit_code, print_report
from tidegate.cli.letter_options import letter_filter, letter_options
from tidegate.cli.output import tables
from tidegate.cli.redrive_show import dry_run_facts, print_dry_run
from tidegate.contracts.dataset import Files
from tidegate.contracts.load import load_refined
from tidegate.files.redrive_plan import make_plan_of_rows
from tidegate.files.redrive_trial import try_rows
from tidegate.redrive.dry_run import dry_run
from tidegate.redrive.make import made_at, make_plan, plan_facts
from tidegate.redrive.plan import RedrivePlan, load, plan_ids
from tidegate.redrive.select import Chosen
from tidegate.settings import Settings, get_settings


@click.group()
def command() -> None:
    """Put dead letters right and send them again."""


command.add_command(redrive_run.run)
command.add_command(redrive_run.status)
command.add_command(redrive_run.cancel)


@command.command()
@click.argument("dataset")
@letter_options
@click.option("--recipe", metavar="NAME|PATH", help="mend the records by it; without one the bytes go as they are.")
@click.option("--actor", help="who is told as the one who does it; else the user of this machine.")
@click.option("--json", "as_json", is_flag=True, help="print JSON.")
def plan(dataset: str, recipe: str | None, actor: str | None, as_json: bool, **given: Any) -> None:
    """Freeze which dead letters of DATASET are sent again, and by which recipe they are mended. Nothing is sent.

    Without --state it takes those that are open.

    \b
    Example:
      tidegate redrive plan orders --code SCHEMA_MISMATCH --since 6h --recipe prices_as_text
    """
    settings, wanted = get_settings(), letter_filter(given)
    stream = load_refined(settings.schemas_dir, dataset)
    if isinstance(stream, Files):
        made, chosen = make_plan_of_rows(settings, stream, wanted, recipe, actor)
    else:
        made, chosen = make_plan(settings, dataset, wanted, recipe, actor)
    if as_json:
        click.echo(json.dumps(plan_facts(made, chosen), indent=2))
    else:
        _print_plan(made, chosen)
    click.get_current_context().exit(0 if made.letters else 1)


@command.command("dry-run")
@click.argument("plan_id", metavar="PLAN")
@click.option("--sample", type=click.IntRange(min=0), default=3, show_default=True, help="letters shown of each.")
@click.option("--json", "as_json", is_flag=True, help="print JSON.")
def dry_run_(plan_id: str, sample: int, as_json: bool) -> None:
    """Say what would become of each letter of PLAN. Nothing that lasts is written.

    The mended records are refined by the job's own SQL, beside the running jobs, and their identities are looked for
    in silver. Rows of files are checked as `tidegate files check` does. Exit code 1 if not all would pass.

    \b
    Example:
      tidegate redrive dry-run orders-20261129T080102-3f2a91 --sample 5
    """
    settings = get_settings()
    plan = load(settings, plan_id)
    stream = load_refined(settings.schemas_dir, plan.dataset)
    if isinstance(stream, Files):
        _dry_run_of_rows(settings, stream, plan, as_json=as_json)
        return
    found = dry_run(settings, plan, sample)
    if as_json:
        click.echo(json.dumps(dry_run_facts(found), indent=2))
    else:
        print_dry_run(found)
    click.get_current_context().exit(0 if found.all_pass else 1)


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="print JSON.")
def list_(as_json: bool) -> None:
    """The plans that are kept here.

    \b
    Example:
      tidegate redrive list
    """
    settings = get_settings()
    plans = [load(settings, plan_id) for plan_id in plan_ids(settings)]
    if as_json:
        click.echo(json.dumps([plan_facts(plan) for plan in plans], indent=2))
        return
    table = Table("plan", "made", "by", "letters", "recipe", "chosen by")
    for plan in plans:
        recipe = plan.recipe_name or "none"
        table.add_row(plan.plan_id, made_at(plan), plan.actor, f"{len(plan.letters):,}", recipe, escape(plan.filters))
    tables().print(table)


@command.command()
@click.argument("plan_id", metavar="PLAN")
@click.option("--json", "as_json", is_flag=True, help="print JSON, with each letter.")
def show(plan_id: str, as_json: bool) -> None:
    """What PLAN will send: its letters by stage, its recipe, its hash.

    \b
    Example:
      tidegate redrive show orders-20261129T080102-3f2a91
    """
    plan = load(get_settings(), plan_id)
    if as_json:
        click.echo(plan.to_json())
        return
    click.echo(f"{plan.plan_id}: {len(plan.letters):,} letters of {plan.dataset}, made {made_at(plan)} by {plan.actor}")
    click.echo(f"chosen by {plan.filters or 'nothing: all that are open'}")
    for stage, count in Counter(letter.stage for letter in plan.letters).most_common():
        click.echo(f"  {stage}: {count:,}")
    click.echo(f"hash {plan.hash}")
    click.echo(f"recipe {plan.recipe_name}:\n{plan.recipe}" if plan.recipe else "no recipe: the bytes go as they are")


def _dry_run_of_rows(settings: Settings, dataset: Files, plan: RedrivePlan, *, as_json: bool) -> None:
    report, not_made = try_rows(settings, dataset, plan)
    others = [f"would not be loaded: {count:,}: {reason}" for reason, count in not_made.most_common()]
    what_next = f"Next, to load them: tidegate redrive run {plan.plan_id}"
    print_report(report, {"not_made": dict(not_made)}, *others, what_next, as_json=as_json)
    is_good = not not_made and exit_code(report) == 0
    click.get_current_context().exit(0 if is_good else 1)


def _print_plan(made: RedrivePlan, chosen: Chosen) -> None:
    for (stage, code), count in chosen.causes.most_common():
        click.echo(f"  {count:,} {stage} {code}")
    for reason, count in chosen.refused.most_common():
        click.echo(f"  not taken: {count:,}: {reason}")
    if not made.letters:
        click.echo("No letter is left to send: no plan was made.")
        return
    click.echo(f"Plan {made.plan_id}: {len(made.letters):,} letters of {made.dataset}.")
    click.echo(f"Next, what would become of them: tidegate redrive dry-run {made.plan_id}")
