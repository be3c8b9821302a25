"""Which tests run beside others, where pytest has three workers (``tests/suite.py``).

Tests with the streaming jobs running have one stack in common, and wait for it often: they are one worker's. Those of
the servers alone have another stack, and are a second worker's. Meanwhile the third runs what needs no server, file by
file and at a low priority, so that the servers notice little of it.
"""

import os
from collections.abc import Sequence
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

from tests import polling

T = TypeVar("T")
BESIDE = ("tests/unit/", "tests/flink/")
WITH_JOBS = ("tests/jobs/", "tests/faults/")
JOBS = "tests of the running jobs"
SERVERS = "tests of the servers"
PATIENCE = 4
"""A worker's deadlines are so much later: they are to find what never comes, not what is slow."""
NICENESS = 3
"""Such a process gets half of what another one gets that wants the core too."""


def needs_no_server(nodeid: str) -> bool:
    return nodeid.startswith(BESIDE)


def scope_of(nodeid: str) -> str:
    """What must run on one worker, in its order: tests with the same answer."""
    if needs_no_server(nodeid):
        return nodeid.partition("::")[0]
    return JOBS if nodeid.startswith(WITH_JOBS) else SERVERS


def longest_first(items: Sequence[T], nodeids: Sequence[str]) -> list[T]:
    """Those of the jobs in front, then of the servers, since all the time hangs on them; else the order stays."""
    ranks = {JOBS: 0, SERVERS: 1}
    pairs = sorted(zip(nodeids, items, strict=True), key=lambda pair: ranks.get(scope_of(pair[0]), 2))
    return [item for _, item in pairs]


def is_worker(config: pytest.Config) -> bool:
    """Whether this process is one of several that run the tests."""
    return hasattr(config, "workerinput")


def be_worker() -> None:
    """Before the first test: how fast and how wide a worker is, is no test's matter.

    It may have to wait for its core at any place, and the process that starts it hands on the width of a terminal.
    """
    os.environ.pop("COLUMNS", None)
    polling.patience = PATIENCE
    settings.register_profile("worker", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("worker")


def step_back() -> None:
    """Lowers the priority of this process and of all that it starts; there is no way back."""
    os.nice(max(0, NICENESS - os.nice(0)))


def scheduler(config: pytest.Config, log: object) -> object:
    """Gives the workers their tests, by :func:`scope_of`."""
    from xdist.scheduler import LoadScopeScheduling

    class ByScope(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return scope_of(nodeid)

    return ByScope(config, log)
