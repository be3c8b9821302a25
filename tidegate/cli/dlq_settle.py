"""``tidegate dlq settle|tail``: what has been made up for, and what comes in."""

import importlib
import json

import click

from tidegate.cli.dlq_show import when
from tidegate.cli.letter_options import letter_filter, letter_options
from tidegate.cli.reading import reading
from tidegate.clients.audit import new_action
from tidegate.clients.letters import LetterFollower
from tidegate.contracts.load import load_stream
from tidegate.dead_letters.filter import Found
from tidegate.dlq.index import letter_index
from tidegate.dlq.streams import named_streams
from tidegate.settings import get_settings


@click.command()
@click.argument("dataset")
@click.option("--dry-run", is_flag=True, help="only say which.")
@click.option("--actor", metavar="NAME", help="who decides; default: the user of this machine.")
def settle(dataset: str, dry_run: bool, actor: str | None) -> None:
    """Find letters of DATASET whose events are in silver all the same, as a right one was sent, and call them resolved.

    The identity tells: that of the letter's record, where it can be read, against all rows of the silver topic. The
    next time only what came since is read.

    \b
    Example:
      tidegate dlq settle orders --dry-run
    """
    settings = get_settings()
    stream = load_stream(settings.schemas_dir, dataset)
    with reading() as heard, letter_index(settings, [stream], heard) as index:
        found = importlib.import_module("tidegate.dlq.made_up").look(settings, index, stream, heard)
    if not found:
        click.echo(f"No open or parked letter of {dataset} has an identity that silver has.")
        return
    for each in found[:20]:
        click.echo(f"{each.letter.id}: in {each.silver}")
    if len(found) > 20:
        click.echo(f"and {len(found) - 20:,} more")
    if dry_run:
        click.echo(f"{len(found):,} letters would be resolved.")
        return
    record = importlib.import_module("tidegate.dlq.settle").record
    done = record(settings, dataset, found, new_action("settle", dataset, actor))
    click.echo(f"{done:,} letters of {dataset} are resolved: their events are in silver.")


@click.command()
@click.argument("datasets", nargs=-1)
@click.option("--limit", type=click.IntRange(min=1), help="end after so many.")
@letter_options
@click.option("--json", "as_json", is_flag=True, help="print a line of JSON for each.")
def tail(datasets: tuple[str, ...], limit: int | None, as_json: bool, **given: object) -> None:
    """Print dead letters of DATASETS, or of all, as they come. Ctrl-C ends it.

    \b
    Example:
      tidegate dlq tail orders --stage rule
    """
    settings = get_settings()
    topics = [stream.contract.dead_letter_topic for stream in named_streams(settings, datasets)]
    follower = LetterFollower(settings, topics, letter_filter(given))
    click.echo("Waiting for dead letters.", err=True)
    for number, found in enumerate(follower.letters(), 1):
        click.echo(_json(found) if as_json else _line(found))
        if number == limit:
            return


def _line(found: Found) -> str:
    letter = found.letter
    source = letter["source"]
    place = f" {source['topic']}/{source['partition']}/{source['offset']}" if source else ""
    rules = " ".join(violation["rule"] for violation in letter["violations"])
    cause = f"{letter['stage']} {letter['error_code']} {rules}".rstrip()
    return f"{when(letter['failed_at'])} {letter['dead_letter_id']} {cause}{place}: {letter['error_message']}"


def _json(found: Found) -> str:
    letter = {name: value for name, value in found.letter.items() if name not in ("payload", "source")}
    source = found.letter["source"]
    place = source and {name: source[name] for name in ("topic", "partition", "offset", "row") if name in source}
    return json.dumps(letter | {"place": str(found.place), "source": place}, ensure_ascii=False)
