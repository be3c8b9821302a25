"""The share of a run that one process takes."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from producers.generated.generator import Mix, Pace
from producers.generated.worker import Plan
from tidegate.settings import Settings


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
