"""A date as an option."""

from datetime import date

import click
import pytest

from tidegate.cli.dates import Day


def test_a_date_is_read() -> None:
    assert Day()("2026-11-28") == date(2026, 11, 28)


@pytest.mark.parametrize("text", ["28.11.2026", "2026-11-31", ""])
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is no date such as 2026-11-28"):
        Day()(text)
