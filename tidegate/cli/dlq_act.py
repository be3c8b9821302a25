"""``tidegate dlq discard|park|reopen|export|purge``: decisions on dead letters, each written down before it is done."""

import importlib
from pathlib import Path
from typing import Any

import click

from tidegate.cli.confirm import confirm, yes_option
from tidegate.cli.letter_options import letter_filter, letter_options
from tidegate.cli.reading import reading
from tidegate.clients.audit import audited, new_action
from tidegate.clients.kafka_topics import delete_records
from tidegate.clients.letters import read_letters
from tidegate.contracts.load import load_refined
from tidegate.dead_letters.ledger import State
from tidegate.dlq.choose import Chosen, choose, without_identities
from tidegate.dlq.decide import FROM, NAMES, Decision, carry_out, takes
from tidegate.dlq.index import letter_index
from tidegate.dlq.purge import Purge, plan_purge
from tidegate.errors import TidegateError
from tidegate.settings import Settings, get_settings

FORMATS = {".parquet": "parquet", ".jsonl": "jsonl"}
"""How letters are exported, by the ending of the file."""
reason_option = click.option("--reason", required=True, help="why, for whoever looks later.")
actor_option = click.option("--actor", metavar="NAME", help="who decides; default: the user of this machine.")


@click.command()
@click.argument("dataset")
@letter_options
@reason_option
@actor_option
@yes_option
def discard(dataset: str, reason: str, actor: str | None, yes: bool, **given: Any) -> None:
    """Give up dead letters of DATASET: nothing will be done for them. They stay readable, and can be reopened.

    \b
    Example:
      tidegate dlq discard clicks --code TOMBSTONE --until 1d --reason "deletions by a test"
    """
    decision = Decision(dataset, State.DISCARDED, reason, letter_filter(given), actor)
    _decide(get_settings(), decision, yes=yes)


@click.command()
@click.argument("dataset")
@letter_options
@reason_option
@actor_option
def park(dataset: str, reason: str, actor: str | None, **given: Any) -> None:
    """Put open dead letters of DATASET aside, until somebody reopens or redrives them.

    \b
    Example:
      tidegate dlq park orders --rule price_is_not_negative --reason "asked the shop team, TICKET-7"
    """
    _decide(get_settings(), Decision(dataset, State.PARKED, reason, letter_filter(given), actor), yes=True)


@click.command()
@click.argument("dataset")
@letter_options
@reason_option
@actor_option
def reopen(dataset: str, reason: str, actor: str | None, **given: Any) -> None:
    """Take parked or discarded dead letters of DATASET back among the open ones.

    \b
    Example:
      tidegate dlq reopen orders --state parked --reason "the shop team has answered"
    """
    _decide(get_settings(), Decision(dataset, State.OPEN, reason, letter_filter(given), actor), yes=True)


def _decide(settings: Settings, decision: Decision, *, yes: bool) -> None:
    taken, left = takes(decision, _chosen(settings, decision.dataset, decision))
    kept = ", ".join(f"{count:,} {state}" for state, count in sorted(left.items()))
    if not taken:
        may = " or ".join(sorted(FROM[decision.state]))
        found = f"those that are meant are {kept}" if kept else f"no letter is meant by {decision.wanted or 'nothing'}"
        click.echo(
            f"Nothing to {NAMES[decision.state]} of {decision.dataset}: {found}. It takes letters that are {may}."
        )
        return
    rest = f" Left alone: {kept}." if kept else ""
    confirm(f"{len(taken):,} letters of {decision.dataset} will be {decision.state}.{rest}", yes=yes)
    done = sum(carry_out(settings, decision, taken))
    click.echo(f"{done:,} letters of {decision.dataset} are {decision.state} now.{rest}")


def _chosen(settings: Settings, dataset: str, decision: Decision) -> list[Chosen]:
    stream = load_refined(settings.schemas_dir, dataset)
    wanted = without_identities(settings, [stream], decision.wanted)
    with reading() as heard, letter_index(settings, [stream], heard) as index:
        return choose(index, stream, wanted)


@click.command("export")
@click.argument("dataset")
@click.option("--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="the file to write.")
@letter_options
@actor_option
def export_(dataset: str, output: Path, actor: str | None, **given: Any) -> None:
    """Write dead letters of DATASET to a file, as they are: personal data too.

    The file's ending says how: .parquet, or .jsonl with bytes in base64.

    \b
    Example:
      tidegate dlq export clicks --rule known_event_type --output letters.parquet
    """
    settings, wanted = get_settings(), letter_filter(given)
    if output.suffix not in FORMATS:
        raise click.UsageError("--output ends in .parquet or .jsonl.")
    export = importlib.import_module("tidegate.dlq.export").export  # pyarrow, which others need not wait for
    load_refined(settings.schemas_dir, dataset)
    action = new_action("export", dataset, actor, detail=f"letters: {wanted or 'all'}; to {output}")
    with audited(settings, action) as counts, reading() as heard:
        counts["letters"] = 0
        for number in export(read_letters(settings, dataset, wanted), output, FORMATS[output.suffix]):
            counts["letters"] += number
            heard(number)
    if not counts["letters"]:
        click.echo(f"No letter of {dataset} is meant by {wanted or 'nothing'}; {output} has none.")
        return
    click.echo(f"{counts['letters']:,} letters of {dataset} are in {output}. It may hold personal data.")


@click.command()
@click.argument("dataset")
@click.option(
    "--before", multiple=True, metavar="PARTITION:OFFSET", help="of the dlq topic; default: as far as it may."
)
@actor_option
@yes_option
def purge(dataset: str, before: tuple[str, ...], actor: str | None, yes: bool) -> None:
    """Delete dead letters of DATASET from their topic, for good: those before the first that waits for somebody.

    A letter that is open, in flight or parked is never deleted, nor any behind it in its partition.

    \b
    Example:
      tidegate dlq purge clicks --before 0:1200
    """
    settings = get_settings()
    stream = load_refined(settings.schemas_dir, dataset)
    with reading() as heard, letter_index(settings, [stream], heard) as index:
        plan = plan_purge(index, stream, _places(before))
    if not plan.before:
        click.echo(f"Nothing to purge: no letter of {plan.topic} is done with before one that is not.")
        return
    confirm(f"{plan.letters:,} letters are deleted from {plan.topic}, for good: {_told(plan)}.", yes=yes)
    action = new_action("purge", dataset, actor, counts={"letters": plan.letters}, detail=_told(plan))
    with audited(settings, action) as counts:
        delete_records(settings, plan.topic, plan.before)
        counts["letters"] = plan.letters
    click.echo(f"{plan.letters:,} letters are deleted from {plan.topic}.")


def _told(plan: Purge) -> str:
    return "before " + ", ".join(f"{partition}:{offset}" for partition, offset in sorted(plan.before.items()))


def _places(texts: tuple[str, ...]) -> dict[int, int]:
    try:
        return {int(partition): int(offset) for partition, _, offset in (text.partition(":") for text in texts)}
    except ValueError as error:
        raise TidegateError(f"{', '.join(texts)}: no partition and offset.", remedy="Give --before 0:1200.") from error
