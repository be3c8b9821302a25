"""Options that say which dead letters are meant, the same for every command that takes some."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from tidegate.dead_letters.codes import Code, Stage
from tidegate.dead_letters.filter import LetterFilter, OffsetRange
from tidegate.dead_letters.ledger import State

NAMES = (
    "ids", "codes", "rules", "stages", "schema_ids", "states", "offsets", "identities", "keys", "headers",
    "since", "until",
)  # fmt: skip
"""The parameters that :func:`letter_options` gives a command."""
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_AGO = re.compile(r"(\d+(?:\.\d+)?)([smhd])")
_OFFSETS = re.compile(r"(\d+):(\d+)(?:-(\d+))?")


class _Time(click.ParamType[int]):
    """Milliseconds since the epoch, of an ISO time (UTC unless it says otherwise) or of so long ago."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if ago := _AGO.fullmatch(value):
            at = datetime.now(UTC) - timedelta(**{_UNITS[ago[2]]: float(ago[1])})
            return int(at.timestamp() * 1000)
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time: give one such as 2026-01-31T08:00Z, or how long ago: 30m, 6h, 2d.")
        return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


class _Offsets(click.ParamType[OffsetRange]):
    """Of a partition, one offset or those from one up to another, exclusive."""

    name = "P:FROM-TO"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> OffsetRange:
        found = _OFFSETS.fullmatch(value)
        if found is None:
            self.fail(f"{value!r} are no offsets: give partition:offset, or partition:from-to.")
        start = int(found[2])
        return OffsetRange(int(found[1]), start, int(found[3]) if found[3] else start + 1)


class _Header(click.ParamType[tuple[str, str]]):
    """Name and value."""

    name = "NAME=VALUE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        name, sign, text = value.partition("=")
        if not sign:
            self.fail(f"{value!r} is no header: give name=value.")
        return name, text


_OPTIONS = (
    click.option(
        "--code",
        "codes",
        multiple=True,
        metavar="CODE",
        type=click.Choice([each.value for each in Code], case_sensitive=False),
        help="this cause, such as TRUNCATED.",
    ),
    click.option("--rule", "rules", multiple=True, metavar="NAME", help="break this rule, maybe others too."),
    click.option(
        "--stage",
        "stages",
        multiple=True,
        type=click.Choice([each.value for each in Stage]),
        help="failed at this stage.",
    ),
    click.option("--since", type=_Time(), help="failed since then: ISO time, or ago: 30m, 6h, 2d."),
    click.option("--until", type=_Time(), help="failed before then."),
    click.option("--schema-id", "schema_ids", multiple=True, type=int, help="written with this schema's id."),
    click.option(
        "--state", "states", multiple=True, type=click.Choice([each.value for each in State]), help="are in this state."
    ),
    click.option("--offsets", multiple=True, type=_Offsets(), help="records at these offsets of the raw topic."),
    click.option("--key", "keys", multiple=True, metavar="TEXT|HEX", help="records with this Kafka key."),
    click.option("--header", "headers", multiple=True, type=_Header(), help="records with this header."),
    click.option("--identity", "identities", multiple=True, metavar="TEXT", help="records with this identity."),
    click.option("--id", "ids", multiple=True, metavar="LETTER", help="the letter with this id."),
)


def letter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the options; each may be given more than once, and any of its values will do."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def letter_filter(given: Mapping[str, Any]) -> LetterFilter:
    """The filter in a command's parameters, which may be more."""
    values = {name: given[name] for name in NAMES}
    return LetterFilter(**values | {"states": tuple(State(state) for state in values["states"])})
