"""Runs reading jobs in a few processes, and tells how much memory they took."""

import multiprocessing
import os
import resource
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, TypeVar

from tidegate.collecting import collect_seldom

_Args = ParamSpec("_Args")
_Result = TypeVar("_Result")
_STATUS = Path("/proc/self/status")
_KB_PER_MB = 1024


class Workers:
    """A pool of processes, or this process alone if ``count`` is 1.

    Jobs are module-level functions with picklable arguments. Processes are spawned, not forked: a Kafka client's
    threads and locks don't survive a fork.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._peaks_mb: dict[int, float] = {}
        spawn = multiprocessing.get_context("spawn")
        self._pool = (
            ProcessPoolExecutor(count, mp_context=spawn, initializer=collect_seldom)
            if count > 1
            else ThreadPoolExecutor(1)
        )

    def __enter__(self) -> "Workers":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def submit(
        self, job: Callable[_Args, _Result], *args: _Args.args, **kwargs: _Args.kwargs
    ) -> Future[tuple[_Result, int, float]]:
        """Starts a job; ``results`` waits for it."""
        return self._pool.submit(_measured, partial(job, *args, **kwargs))

    def results(self, futures: Iterable[Future[tuple[_Result, int, float]]]) -> list[_Result]:
        """The jobs' results in order; an error of a job is raised here."""
        results = []
        for future in futures:
            result, pid, peak_mb = future.result()
            self._peaks_mb[pid] = peak_mb
            results.append(result)
        return results

    def peak_rss_mb(self) -> float:
        """The sum of the peaks of this process and of its workers: an upper bound of what they took at once."""
        return sum((self._peaks_mb | {os.getpid(): peak_rss_mb()}).values())


def peak_rss_mb() -> float:
    """The largest resident set this process had."""
    if _STATUS.exists():
        peak = next(line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) / _KB_PER_MB
    unit = _KB_PER_MB**2 if sys.platform == "darwin" else _KB_PER_MB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _measured(job: Callable[[], _Result]) -> tuple[_Result, int, float]:
    return job(), os.getpid(), peak_rss_mb()
