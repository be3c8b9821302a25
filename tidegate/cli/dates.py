"""A date as an option of commands."""

from datetime import date, datetime
from typing import Any

import click


class Day(click.ParamType[date]):
    """A date as 2026-11-28."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return datetime.strptime(value, "%Y-%m-%d").date()  # noqa: DTZ007 a date has no zone
        except ValueError:
            self.fail(f"{value!r} is no date such as 2026-11-28.", param, ctx)
