"""``tidegate audit``: who had what done.

Exit codes: 0 done, 1 a problem.
"""

import json
from dataclasses import asdict
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from tidegate.cli.dlq_show import when
from tidegate.cli.output import tables
from tidegate.clients.audit import Action, read_actions
from tidegate.errors import TidegateError
from tidegate.settings import get_settings

JSON = click.option("--json", "as_json", is_flag=True, help="print JSON.")


@click.group()
def command() -> None:
    """Who had what done to dead letters, and by replays."""


@command.command("list")
@click.option("--dataset", help="of this one only.")
@click.option("--action", "kind", metavar="NAME", help="such as redrive, discard, park, export, purge or reveal.")
@click.option("--last", type=click.IntRange(min=1), default=50, show_default=True, help="so many at most.")
@JSON
def list_(dataset: str | None, kind: str | None, last: int, as_json: bool) -> None:
    """The newest actions, each with how it ended.

    \b
    Example:
      tidegate audit list --dataset clicks --action discard
    """
    actions = [
        action
        for action in read_actions(get_settings())
        if dataset in (None, action.dataset) and kind in (None, action.action)
    ]
    ids = [*dict.fromkeys(action.action_id for action in actions)][-last:]
    if as_json:
        click.echo(json.dumps([_json(action) for action in actions if action.action_id in ids], indent=2))
        return
    if not ids:
        click.echo("No such actions.")
        return
    shown = Table("action", "began", "by", "what", "dataset", "ended", "counts", "detail")
    for action_id in ids:
        shown.add_row(*map(escape, _row([action for action in actions if action.action_id == action_id])))
    tables().print(shown)


@command.command()
@click.argument("action_id", metavar="ACTION")
@JSON
def show(action_id: str, as_json: bool) -> None:
    """Both records of ACTION; the beginning of its id will do.

    \b
    Example:
      tidegate audit show 4f1c0a
    """
    found = [action for action in read_actions(get_settings()) if action.action_id.startswith(action_id)]
    if len({action.action_id for action in found}) != 1:
        problem = f"{'several actions begin' if found else 'no action begins'} with {action_id}."
        raise TidegateError(problem, remedy="Take an id from `tidegate audit list`.")
    if as_json:
        click.echo(json.dumps([_json(action) for action in found], indent=2))
        return
    for action in found:
        click.echo(f"{when(action.at)} {action.action} of {action.dataset} {action.phase}, by {action.actor}")
        for name, value in (("action", action.action_id), ("plan", action.plan_id), ("detail", action.detail)):
            if value:
                click.echo(f"  {name}: {value}")
        for name, count in action.counts.items():
            click.echo(f"  {name}: {count:,}")
    if found[-1].phase == "begun":
        click.echo("It has not ended: it is at work, or its process died.")


def _json(action: Action) -> dict[str, Any]:
    """Without the letters, of which there may be a million."""
    return {name: value for name, value in asdict(action).items() if name != "entries"}


def _row(records: list[Action]) -> tuple[str, ...]:
    first, last = records[0], records[-1]
    ended = when(last.at) if last.phase == "ended" else "no"
    counts = ", ".join(f"{name} {count:,}" for name, count in last.counts.items())
    detail = f"{last.detail}; plan {first.plan_id}" if first.plan_id else last.detail
    return first.action_id[:12], when(first.at), first.actor, first.action, first.dataset, ended, counts, detail
