"""Shares of a run, how many processes take it, and what a stop by signal means."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.generated.generator import Mix, Pace
from producers.generated.worker import Plan
from producers.generated.workers import default_workers
from tidegate.settings import Settings
from tidegate.stopping import stop_on_signal


def plan(workers: int, count: int | None, ledger: Path | None = None) -> Plan:
    return Plan(
        dataset="clicks",
        schemas_dir=Path("schemas"),
        schema_id=1,
        settings=Settings(),
        topic="raw.clicks",
        mix=Mix(),
        pace=Pace(0.0, count),
        seed=1,
        workers=workers,
        ledger=ledger,
    )


@given(st.integers(0, 10**6), st.integers(1, 64))
def test_the_shares_of_all_workers_are_the_whole_and_even(count: int, workers: int) -> None:
    run = plan(workers, count)
    shares = [run.share(index) or 0 for index in range(workers)]
    assert sum(shares) == count
    assert max(shares) - min(shares) <= 1


def test_an_endless_run_has_endless_shares() -> None:
    assert plan(2, None).share(1) is None


def test_each_worker_writes_a_part_of_the_ledger_beside_it() -> None:
    assert plan(2, 1, Path("a/ledger")).ledger_part(1) == Path("a/ledger.part1")
    assert plan(2, 1).ledger_part(1) is None


@pytest.mark.parametrize(("rate_per_s", "workers"), [(1.0, 1), (20_000.0, 1), (20_001.0, 2), (0.0, 2)])
def test_a_fast_run_takes_two_processes(rate_per_s: float, workers: int) -> None:
    assert default_workers(rate_per_s) == workers


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_asks_for_a_stop_and_the_second_interrupts(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with stop_on_signal() as stop:
        assert not stop()
        os.kill(os.getpid(), number)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before
