"""Tables are as wide as the terminal, and wide enough where there is none."""

import pytest

from tidegate.cli.output import WIDE, tables


def test_in_a_pipe_tables_are_wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)

    assert tables().width == WIDE


def test_who_asks_for_a_width_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")

    assert tables().width == 60
