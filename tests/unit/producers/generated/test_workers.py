"""How many processes a run takes."""

import pytest

from producers.generated.workers import default_workers


@pytest.mark.parametrize(("rate_per_s", "workers"), [(1.0, 1), (20_000.0, 1), (20_001.0, 2), (0.0, 2)])
def test_a_fast_run_takes_two_processes(rate_per_s: float, workers: int) -> None:
    assert default_workers(rate_per_s) == workers
