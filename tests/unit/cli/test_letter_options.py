"""The options say the filter, and the filter says the options."""

import shlex
from datetime import UTC, datetime
from typing import Any

import click
import pytest
from click.testing import CliRunner

from tidegate.cli.letter_options import letter_filter, letter_options
from tidegate.dead_letters.filter import LetterFilter, OffsetRange
from tidegate.dead_letters.ledger import State

WANTED = LetterFilter(
    codes=("TRUNCATED", "RULE_VIOLATED"),
    rules=("known_event_type",),
    stages=("rule",),
    schema_ids=(7,),
    states=(State.OPEN,),
    since=1_700_000_000_000,
    until=1_700_000_001_500,
    offsets=(OffsetRange(2, 5, 9),),
    identities=("e 1",),
    keys=("session-1",),
    ids=("ab",),
    headers=(("producer", "shop app=2"),),
)


@click.command()
@letter_options
def told(**given: Any) -> LetterFilter:
    return letter_filter(given)


def _parsed(*arguments: str) -> LetterFilter:
    result = CliRunner().invoke(told, arguments, standalone_mode=False)
    assert result.exception is None, result.exception
    found = result.return_value
    assert isinstance(found, LetterFilter)
    return found


def test_none_means_every_letter() -> None:
    assert _parsed() == LetterFilter()


def test_a_filters_text_is_read_as_the_same_filter() -> None:
    assert _parsed(*shlex.split(str(WANTED))) == WANTED


def test_a_time_may_be_told_as_how_long_ago() -> None:
    since = _parsed("--since", "2h").since
    assert since is not None
    assert 7199 < datetime.now(UTC).timestamp() - since / 1000 < 7300


def test_a_time_without_a_zone_is_utc() -> None:
    assert _parsed("--until", "2023-11-14T22:13:20").until == 1_700_000_000_000


def test_a_single_offset_is_a_range_of_one() -> None:
    assert _parsed("--offsets", "1:5").offsets == (OffsetRange(1, 5, 6),)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--since", "yesterday"), "30m, 6h, 2d"),
        (("--offsets", "5"), "partition:offset"),
        (("--header", "producer"), "name=value"),
        (("--code", "NO_SUCH"), "NO_SUCH"),
    ],
)
def test_what_is_wrong_says_how_it_is_written(arguments: tuple[str, ...], problem: str) -> None:
    result = CliRunner().invoke(told, arguments)
    assert result.exit_code == 2
    assert problem in result.output
