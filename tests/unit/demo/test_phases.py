"""Phases are announced, timed, and closed by a line."""

import io

import pytest
from rich.console import Console

from tidegate.demo.phases import Phases


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def phases(screen: io.StringIO) -> Phases:
    return Phases(Console(file=screen, width=80))


def test_a_phase_says_what_it_will_do_and_then_what_it_did(phases: Phases, screen: io.StringIO) -> None:
    with phases.phase("stack", "starting servers") as note:
        assert screen.getvalue() == "  stack: starting servers …\n"
        note.text = "6 servers"

    last = screen.getvalue().splitlines()[-1]
    assert last.startswith("✓ stack") and last.endswith(" s  6 servers")


def test_the_finished_ones_are_timed_in_their_order(phases: Phases) -> None:
    for name in ("stack", "traffic"):
        with phases.phase(name):
            pass

    assert list(phases.seconds) == ["stack", "traffic"]
    assert all(0 <= seconds < 5 for seconds in phases.seconds.values())


def test_one_that_fails_is_not_closed(phases: Phases, screen: io.StringIO) -> None:
    with pytest.raises(ValueError, match="no"), phases.phase("stack"):
        raise ValueError("no")

    assert phases.seconds == {}
    assert "✓" not in screen.getvalue()
