"""What the fault tests share: a healthy pipeline before each, a printed seed, and the table of what all showed."""

import json
import random
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import pytest
from rich.console import Console

from tests.faults.drill import LIMIT_S, Drill, Outcome
from tests.pipeline import Pipeline, start_jobs
from tidegate.settings import Settings
from tidegate.stack import local


class StartDrill(Protocol):
    """Makes a drill of a fault that must be over within so many seconds, where ``make faults`` has the cores alone."""

    def __call__(self, fault: str, limit_s: float = LIMIT_S) -> Drill: ...


_told = pytest.StashKey[list[dict[str, Any]]]()
_outcomes: list[Outcome] = []
OUTCOME = "outcome of a drill"
"""A test's property: it comes with the test's report to the process that prints the table."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where the table is to go, too."""
    parser.addoption("--faults-report", type=Path, metavar="FILE", help="write what the drills show as JSON")


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

    alone = request.config.getoption("--all-faults")

    def start(fault: str, limit_s: float = LIMIT_S) -> Drill:
        drills.append(Drill(healthy, fault, seed, limit_s if alone else None))
        return drills[-1]

    yield start
    for made in drills:
        made.close()
    told = [asdict(made.outcome) for made in drills if made.outcome]
    request.node.user_properties.extend((OUTCOME, outcome) for outcome in told)
    so_far = request.config.stash.setdefault(_told, [])
    so_far.extend(told)
    report = request.config.getoption("--faults-report")
    if report is not None:  # after each: half an hour's results must not hang on the last test
        report.write_text(json.dumps(so_far, indent=2) + "\n")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Takes what the drills of a test have shown."""
    if report.when == "teardown":
        told: list[tuple[str, Any]] = report.user_properties
        _outcomes.extend(Outcome(**outcome) for name, outcome in told if name == OUTCOME)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the table."""
    for outcome in _outcomes:
        recovery = "–" if outcome.recovery_s is None else f"{outcome.recovery_s:.0f} s"
        terminalreporter.write_line(
            f"fault: {outcome.fault}: {outcome.events:,} events, {outcome.dead_letters:,} dead letters, "
            f"missing 0, doubled 0, normal lag after {recovery}, servers at most {outcome.stack_mb:,} MB "
            f"(seed {outcome.seed})"
        )


def revive(settings: Settings) -> None:
    """Starts what does not run of the stack."""
    local.up(settings, on_phase=lambda name, phase: None, console=Console(stderr=True))
