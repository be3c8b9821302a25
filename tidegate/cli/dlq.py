"""``tidegate dlq``: look at dead letters, and decide on them.

Exit codes: 0 done, 1 a problem, 2 wrong usage.
"""

import json
from collections.abc import Sequence
from typing import Any

import click

from tidegate.cli.dlq_act import discard, export_, park, purge, reopen
from tidegate.cli.dlq_one import show
from tidegate.cli.dlq_settle import settle, tail
from tidegate.cli.dlq_show import print_page, print_stats
from tidegate.cli.letter_options import letter_filter, letter_options
from tidegate.cli.reading import reading
from tidegate.clients.kafka_offsets import OffsetReader
from tidegate.clock import now_ms
from tidegate.contracts.dataset import Stream
from tidegate.dead_letters.ledger import State
from tidegate.dlq.choose import without_identities
from tidegate.dlq.index import Index, letter_index
from tidegate.dlq.listing import page
from tidegate.dlq.near import made_up_near
from tidegate.dlq.stats import DEFAULT, GROUPS, HEADER, Asked, count, group_sql, with_made_up
from tidegate.dlq.streams import named_streams
from tidegate.settings import Settings, get_settings

JSON = click.option("--json", "as_json", is_flag=True, help="print JSON.")
BY = f"{', '.join(GROUPS)} or {HEADER}<name>"


@click.group()
def command() -> None:
    """Look at dead letters, and decide on them."""


@command.command()
@click.argument("datasets", nargs=-1)
@click.option("--by", multiple=True, metavar="WHAT", help=f"count by {BY}; may be given more than once.")
@letter_options
@JSON
def stats(datasets: tuple[str, ...], by: tuple[str, ...], as_json: bool, **given: Any) -> None:
    """Count the dead letters of DATASETS, or of all. The states add up to all letters that were ever written.

    \b
    Examples:
      tidegate dlq stats
      tidegate dlq stats orders --by rule --by header:producer --since 6h
    """
    for name in by:
        group_sql(name)
    settings = get_settings()
    streams = named_streams(settings, datasets)
    asked = Asked(by or DEFAULT, without_identities(settings, streams, letter_filter(given)), now_ms())
    traffic = _traffic(settings, streams)
    with reading() as heard, letter_index(settings, streams, heard) as index:
        found = count(index, streams, asked, traffic)
        waiting = {each.dataset for each in found.datasets if each.states[State.OPEN] or each.states[State.PARKED]}
        found = with_made_up(
            found, {each.name: _made_up(settings, index, each) for each in streams if each.name in waiting}
        )
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=2))
        return
    print_stats(found, asked)


@command.command(name="list")
@click.argument("datasets", nargs=-1)
@click.option("--page", "number", type=click.IntRange(min=1), default=1, show_default=True, help="which page.")
@click.option("--size", type=click.IntRange(1, 1000), default=20, show_default=True, help="letters of a page.")
@letter_options
@JSON
def list_(datasets: tuple[str, ...], number: int, size: int, as_json: bool, **given: Any) -> None:
    """List dead letters of DATASETS, or of all: the newest first, grouped by cause.

    \b
    Example:
      tidegate dlq list orders --rule price_is_not_negative --state open --since 2h
    """
    settings = get_settings()
    streams = named_streams(settings, datasets)
    wanted = without_identities(settings, streams, letter_filter(given))
    with reading() as heard, letter_index(settings, streams, heard) as index:
        found = page(index, wanted, number, size)
    if as_json:
        click.echo(json.dumps(found.as_json(), indent=2))
        return
    print_page(found, size)


for _each in (show, tail, settle, discard, park, reopen, export_, purge):
    command.add_command(_each)


def _made_up(settings: Settings, index: Index, stream: Stream) -> int | None:
    found = made_up_near(settings, index, stream)
    return None if found is None else len(found)


def _traffic(settings: Settings, streams: Sequence[Stream]) -> dict[str, int]:
    """How many offsets the raw topic of each dataset has had."""
    reader = OffsetReader(settings)
    by_topic = {stream.contract.topic.name: stream.name for stream in streams}
    traffic: dict[str, int] = {}
    for (topic, _), end in reader.ends(reader.places(by_topic)).items():
        traffic[by_topic[topic]] = traffic.get(by_topic[topic], 0) + end
    return traffic
