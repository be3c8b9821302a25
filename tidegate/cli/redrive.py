"""``tidegate redrive``: puts dead letters right and sends them again.

Exit codes: 0 done, 1 a problem.
"""

import json
from collections import Counter
from datetime import UTC, datetime

import click
from rich.markup import escape
from rich.table import Table

from tidegate.cli.output import tables
from tidegate.redrive.plan import RedrivePlan, load, plan_ids
from tidegate.settings import get_settings


@click.group()
def command() -> None:
    """Put dead letters right and send them again."""


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
        click.echo(json.dumps([_facts(plan) for plan in plans], indent=2))
        return
    table = Table("plan", "made", "by", "letters", "recipe", "chosen by")
    for plan in plans:
        recipe = plan.recipe_name or "none"
        table.add_row(plan.plan_id, _time(plan), plan.actor, f"{len(plan.letters):,}", recipe, escape(plan.filters))
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
    click.echo(f"{plan.plan_id}: {len(plan.letters):,} letters of {plan.dataset}, made {_time(plan)} by {plan.actor}")
    click.echo(f"chosen by {plan.filters or 'nothing: all that are open'}")
    for stage, count in Counter(letter.stage for letter in plan.letters).most_common():
        click.echo(f"  {stage}: {count:,}")
    click.echo(f"hash {plan.hash}")
    click.echo(f"recipe {plan.recipe_name}:\n{plan.recipe}" if plan.recipe else "no recipe: the bytes go as they are")


def _facts(plan: RedrivePlan) -> dict[str, object]:
    return {
        "plan": plan.plan_id,
        "dataset": plan.dataset,
        "made": _time(plan),
        "actor": plan.actor,
        "filters": plan.filters,
        "recipe": plan.recipe_name,
        "letters": len(plan.letters),
        "hash": plan.hash,
    }


def _time(plan: RedrivePlan) -> str:
    return datetime.fromtimestamp(plan.created_at / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
