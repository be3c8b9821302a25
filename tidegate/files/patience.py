"""How long a load waits for a job that fails again and again: a file at which it always fails would hold it for ever.

Progress is a checkpoint. An outage ends by itself, so the job is left as it is: who loads again goes on with it.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from tidegate.clients.file_version import FileVersion
from tidegate.clients.flink import Failure, FlinkClient, FlinkJob
from tidegate.errors import TidegateError
from tidegate.files.run import Run

FAILURES = 10
AT_LEAST_S = 180.0
"""So often, and for so long without progress, a job fails before it is given up."""
STANDSTILL_S = 1800.0
"""The same without a failure, of a job that makes checkpoints."""
LOOK_S = 5.0
_MOST_NAMED = 3


class GivenUpError(TidegateError):
    """A job makes no progress; it is left as it is."""


@dataclass(frozen=True, slots=True)
class Waited:
    """A job that is waited for: what it is, where its failures say that they come from, and what to do about them."""

    what: str
    place: Callable[[Sequence[Failure]], str]
    remedy: Callable[[Sequence[Failure]], str]


class Patience:
    """Asked while a job is waited for; ``checkpoints``: whether it makes some.

    Only what happens while somebody waits counts: clocks of others are not compared.
    """

    def __init__(
        self, client: FlinkClient, waited: Waited, *, checkpoints: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client, self._waited, self._checkpoints, self._clock = client, waited, checkpoints, clock
        self._looked_s = float("-inf")
        self._moved_s = clock()
        self._completed: int | None = None
        self._known: set[int] | None = None
        """When the failures were that count no more; None before the first look."""

    def __call__(self, job: FlinkJob) -> None:
        """Raises: GivenUpError: the job has made no progress for too long."""
        now_s = self._clock()
        if now_s - self._looked_s < LOOK_S:
            return
        self._looked_s = now_s
        failures = self._client.recent_failures(job.job_id)
        completed = self._client.checkpoints(job.job_id)["counts"]["completed"] if self._checkpoints else 0
        if self._known is None or completed != self._completed:
            self._completed, self._moved_s = completed, now_s
            self._known, self._seen = {each.at_ms for each in failures}, dict[int, Failure]()
            return
        self._seen |= {each.at_ms: each for each in failures if each.at_ms not in self._known}
        self._judge(now_s - self._moved_s)

    def _judge(self, idle_s: float) -> None:
        failures = [self._seen[at_ms] for at_ms in sorted(self._seen)]
        if len(failures) >= FAILURES and idle_s >= AT_LEAST_S:
            raise GivenUpError(
                f"{self._waited.what} has failed {len(failures)} times in {idle_s:.0f} s without getting on"
                f"{self._waited.place(failures)}: {failures[-1].cause}.",
                remedy=self._waited.remedy(failures),
            )
        if not failures and self._checkpoints and idle_s >= STANDSTILL_S:
            raise GivenUpError(
                f"{self._waited.what} has made no checkpoint for {idle_s / 60:.0f} min.",
                remedy=self._waited.remedy(failures),
            )


def of_load(run: Run) -> Waited:
    """A job whose end is what a load publishes."""
    return Waited(f"the job of the load {run.run_id}", partial(named, run), partial(remedy, run))


def behind_load(what: str, remedy: str) -> Waited:
    """A job of what follows a load."""
    return Waited(what, lambda _failures: "", lambda _failures: remedy)


def culprits(run: Run, failures: Sequence[Failure]) -> list[FileVersion]:
    """The files of which each of the failures tells."""
    return [each for each in run.files if failures and all(each.stored in failure.trace for failure in failures)]


def named(run: Run, failures: Sequence[Failure]) -> str:
    """The culprits, in brackets; empty if nothing tells of one."""
    found = culprits(run, failures)
    shown = ", ".join(f"{each.number} ({each.uri})" for each in found[:_MOST_NAMED])
    return f" (each time at file {shown})" if shown else ""


def remedy(run: Run, failures: Sequence[Failure]) -> str:
    """What to do about a job that does not get on."""
    numbers = " ".join(str(each.number) for each in culprits(run, failures)[:_MOST_NAMED]) or "NUMBER"
    return (
        f"Nothing was published. After an outage `tidegate files load {run.dataset}` goes on; a file at which the job "
        f"always fails is taken out by `tidegate files quarantine {run.dataset} {numbers}`. "
        "See `tidegate logs taskmanager`."
    )
