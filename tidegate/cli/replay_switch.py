"""``tidegate replay switch|forget``: jobs go over to the version of silver that a replay has filled; the old one goes.

Exit codes of ``switch``: 0 switched, and the proof holds; 1 otherwise.
"""

import json
from dataclasses import asdict

import click

from tidegate.cli.confirm import confirm, yes_option
from tidegate.cli.replay_switched_told import to_be_forgotten, to_be_switched
from tidegate.clients.audit import default_actor
from tidegate.replay.silver_forget import forget as forget_old
from tidegate.replay.silver_forget import to_forget
from tidegate.replay.silver_switch import go_back, switch_on
from tidegate.replay.store import FILLED, load_plan, load_status
from tidegate.replay.turn import replay_turn
from tidegate.settings import get_settings


@click.command("switch")
@click.argument("plan_id")
@click.option("--back", is_flag=True, help="Start the jobs on the version of before again, while that can be done.")
@click.option("--actor", help="Who does it; the user of this machine if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print plan, state and result as JSON.")
@yes_option
def switch(plan_id: str, back: bool, actor: str | None, as_json: bool, yes: bool) -> None:
    """Move the jobs of a replay's dataset to the version of silver that the replay has filled, and prove it.

    The contract says the new version by then. Jobs of the dataset stand still meanwhile; others that share them twice,
    for a start. Killed in the middle, type it again: it goes on.

    \b
    Examples:
      tidegate replay switch 20261121t101500-1a2b
      tidegate replay switch 20261121t101500-1a2b --back
    """
    settings = get_settings()
    plan, who = load_plan(settings, plan_id), actor or default_actor()

    def say(done: str) -> None:
        click.echo(done, err=as_json)

    with replay_turn(settings, own=plan.job_name):
        if back:
            status = go_back(settings, plan, who, say)
        else:
            if load_status(settings, plan_id).state == FILLED:
                confirm(to_be_switched(plan), yes=yes)
            status = switch_on(settings, plan, who, say)
    if as_json:
        click.echo(json.dumps({"plan_id": plan_id, "status": asdict(status)}))
    elif back:
        click.echo(f"The topics that were filled are kept: `tidegate replay switch {plan_id}` can be typed later.")
    else:
        click.echo(status.proof)
        if not status.proof_holds:
            click.echo(f"Type `tidegate replay switch {plan_id}` to prove once more; jobs stay where they are.")
        click.echo(f"The old topics stay as they are until you type: tidegate replay forget {plan_id}")
    click.get_current_context().exit(0 if back or status.proof_holds else 1)


@click.command("forget")
@click.argument("plan_id")
@click.option("--actor", help="Who does it; the user of this machine if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print what was deleted as JSON.")
@yes_option
def forget(plan_id: str, actor: str | None, as_json: bool, yes: bool) -> None:
    """Delete the topics of silver that a switch has left behind, and their subjects. Asks first.

    Example: tidegate replay forget 20261121t101500-1a2b
    """
    settings = get_settings()
    plan = load_plan(settings, plan_id)
    with replay_turn(settings):
        what = to_forget(settings, plan)
        if what.topics or what.subjects or what.tags:
            confirm(to_be_forgotten([*what.lines()], load_status(settings, plan_id)), yes=yes)
        forget_old(settings, plan, what, actor or default_actor())
    if as_json:
        click.echo(json.dumps({"plan_id": plan_id, **asdict(what)}))
        return
    for line in what.lines():
        click.echo(f"Deleted {line}" if not line.startswith("kept") else line)
