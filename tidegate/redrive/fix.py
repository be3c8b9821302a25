"""From a dead letter to the record that is sent in its place."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tidegate.contracts.dataset import Stream
from tidegate.redrive.plan import RedrivePlan
from tidegate.settings import Settings


class Fixed(NamedTuple):
    """A record to send; without a recipe its bytes are those that arrived."""

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]


class NotFixed(NamedTuple):
    """Why there is nothing to send for a letter."""

    reason: str


Fix = Callable[[Mapping[str, Any]], Fixed | NotFixed]
"""Takes a decoded dead letter, fields as in ``schemas/dead_letter``."""


def fixer(_settings: Settings, _stream: Stream, _plan: RedrivePlan) -> Fix:
    """What makes the records of a plan; without a recipe they are the same bytes."""
    return as_it_came


def as_it_came(letter: Mapping[str, Any]) -> Fixed | NotFixed:
    """The record that failed, if the letter has all of it."""
    source = letter["source"]
    if source is None:
        return NotFixed("it came from a file: load the file again")
    if letter["payload_truncated"]:
        return NotFixed("its payload is cut")
    return Fixed(source["key"], letter["payload"], list(source["headers"].items()))
