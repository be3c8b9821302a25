"""Jobs run in processes of their own, in order, and their memory is told."""

import os

import pytest

from tidegate.errors import TransientError
from tidegate.proof.workers import Workers, peak_rss_mb


def double(number: int) -> int:
    return 2 * number


def pid() -> int:
    return os.getpid()


def fail() -> None:
    raise TransientError("Kafka does not answer.", remedy="Start it.")


def test_results_come_in_the_order_of_the_jobs() -> None:
    with Workers(1) as workers:
        assert workers.results([workers.submit(double, number) for number in range(5)]) == [0, 2, 4, 6, 8]


def test_one_worker_is_this_process_and_its_memory_counts_once() -> None:
    with Workers(1) as workers:
        assert workers.results([workers.submit(pid)]) == [os.getpid()]
        assert 1 < workers.peak_rss_mb() <= peak_rss_mb()


def test_an_error_of_a_job_is_raised_where_its_result_is_read() -> None:
    with Workers(1) as workers:
        failed = workers.submit(fail)
        with pytest.raises(TransientError, match="Kafka does not answer") as caught:
            workers.results([failed])
    assert caught.value.remedy == "Start it."


def test_more_workers_are_other_processes_and_their_peaks_add_up() -> None:
    with Workers(2) as workers:
        # What another process runs must be importable there, which a test's own functions are not.
        (other,) = workers.results([workers.submit(os.getpid)])
        assert other != os.getpid()
        assert workers.peak_rss_mb() > peak_rss_mb()
