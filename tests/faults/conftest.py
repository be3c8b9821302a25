"""What the fault tests share: a healthy pipeline before each, a printed seed, and the table of what all of them showed.

``make faults`` runs all; without ``--all-faults`` those that are marked ``long`` are left out.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import pytest
from rich.console import Console

from tests.faults.drill import LIMIT_S, Drill, Outcome
from tests.pipeline import Pipeline, start_jobs
from tidegate.settings import Settings
from tidegate.stack import local


class StartDrill(Protocol):
    """Makes a drill of a fault that must be over within so many seconds."""

    def __call__(self, fault: str, limit_s: float = LIMIT_S) -> Drill: ...


_outcomes = pytest.StashKey[list[Outcome]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The two options of ``make faults``."""
    parser.addoption("--all-faults", action="store_true", help="also the fault tests that take minutes each")
    parser.addoption("--faults-report", type=Path, metavar="FILE", help="write what the drills show as JSON")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves the long ones out unless they are asked for."""
    if not config.getoption("--all-faults"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="long: `make faults` runs it"))


@pytest.fixture
def seed() -> int:
    """By chance; pytest shows it with a failure, the table with a success."""
    seed = random.SystemRandom().randrange(100_000)
    print(f"seed {seed}")
    return seed


@pytest.fixture
def healthy(pipeline: Pipeline) -> Pipeline:
    """The pipeline with every server up and every job running, whatever the test before has done to it."""
    revive(pipeline.settings)
    start_jobs(pipeline.settings)
    return pipeline


@pytest.fixture
def start_drill(healthy: Pipeline, seed: int, request: pytest.FixtureRequest) -> Iterator[StartDrill]:
    """Makes this test's drill by the name of its fault; what it showed goes into the table."""
    drills: list[Drill] = []

    def start(fault: str, limit_s: float = LIMIT_S) -> Drill:
        drills.append(Drill(healthy, fault, seed, limit_s))
        return drills[-1]

    yield start
    for made in drills:
        made.close()
    outcomes = request.config.stash.setdefault(_outcomes, [])
    outcomes.extend(made.outcome for made in drills if made.outcome)
    report = request.config.getoption("--faults-report")
    if report is not None:  # after each: half an hour's results must not hang on the last test
        report.write_text(json.dumps([asdict(outcome) for outcome in outcomes], indent=2) + "\n")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints the table."""
    outcomes = config.stash.get(_outcomes, [])
    for outcome in outcomes:
        recovery = "–" if outcome.recovery_s is None else f"{outcome.recovery_s:.0f} s"
        terminalreporter.write_line(
            f"fault: {outcome.fault}: {outcome.events:,} events, {outcome.dead_letters:,} dead letters, "
            f"missing 0, doubled 0, normal lag after {recovery}, servers at most {outcome.stack_mb:,} MB "
            f"(seed {outcome.seed})"
        )


def revive(settings: Settings) -> None:
    """Starts what does not run of the stack."""
    local.up(settings, on_phase=lambda name, phase: None, console=Console(stderr=True))
