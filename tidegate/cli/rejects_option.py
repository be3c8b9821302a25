"""``--allow-rejects``, and the exit code of a run that rejected rows: 3, so that a script does not take it for done."""

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import click

from tidegate import log

EXIT_REJECTED = 3
EXIT_STOPPED = 130
_ALL_PERCENT = 100
_AMOUNT = re.compile(r"(?P<rows>\d{1,18})|(?P<percent>\d{1,3}(\.\d{1,9})?)%", re.ASCII)


class Allowed(NamedTuple):
    """How many rejected rows are accepted: ``rows`` of them, or ``percent`` of all."""

    rows: int = 0
    percent: Decimal | None = None

    def covers(self, rejected: int, rows: int) -> bool:
        """Whether so many rejected ones of ``rows`` are accepted."""
        if self.percent is not None:
            return rejected * _ALL_PERCENT <= self.percent * rows
        return rejected <= self.rows


class _AllowedType(click.ParamType[Allowed]):
    name = "N|PERCENT%"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Allowed:
        if isinstance(value, Allowed):
            return value
        found = _AMOUNT.fullmatch(str(value))
        if found is not None and found["rows"]:
            return Allowed(rows=int(found["rows"]))
        if found is not None and (percent := Decimal(found["percent"])) <= _ALL_PERCENT:
            return Allowed(percent=percent)
        return self.fail("give a number of rows, such as 10, or a share of all, such as 0.5%", param, ctx)


rejects_option = click.option(
    "--rejects", type=click.Path(dir_okay=False, path_type=Path), help="keep what is rejected here"
)
allow_rejects_option = click.option(
    "--allow-rejects", "allowed", type=_AllowedType(), default="0", show_default=True, help="exit 0 up to so many"
)


def exit_code_of(summary: Mapping[str, Any], rows: int, allowed: Allowed) -> int:
    """The exit code of a run that delivered all it sent; says what was rejected, or that it did not come to its end.

    0: all was taken. 3: more was rejected than is allowed. 130: Ctrl-C came before the end.
    """
    code = _rejects_exit_code(summary.get("rejected", 0), rows, allowed, summary.get("rejects_file"))
    if summary.get("stopped"):
        log.tell(f"stopped before the end: {rows:,} rows were read", "stopped", "warning", rows=rows)
        return EXIT_STOPPED
    return code


def _rejects_exit_code(rejected: int, rows: int, allowed: Allowed, kept_in: str | None) -> int:
    if not rejected:
        return 0
    told = f"{rejected:,} of {rows:,} rows were rejected; they are kept in {kept_in}"
    log.tell(told, "rejected", "warning", rejected=rejected, rows=rows, rejects_file=kept_in)
    return 0 if allowed.covers(rejected, rows) else EXIT_REJECTED
