"""Runs a generator in this process or in several: one Python process fills one core, a fast run needs more."""

import multiprocessing
import signal
from collections.abc import Callable, MutableSequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Barrier, Event
from threading import BrokenBarrierError

from producers.generated.ledger import Totals
from producers.generated.worker import OnProgress, Outcome, Plan, work
from producers.sending.publish import Progress
from tidegate.errors import TidegateError

SINGLE_WORKER_RATE_PER_S = 20_000
_START_TIMEOUT_S = 60.0
_LOOK_EVERY_S = 0.2
_NUMBERS = 5


@dataclass(frozen=True, slots=True)
class _Shared:
    """What a worker process shares with its parent: its row of numbers, the way to stop it, the common start."""

    numbers: MutableSequence[float]
    stop: Event
    start: Barrier


def default_workers(rate_per_s: float) -> int:
    """One process for a slow run, two for a fast or unlimited one."""
    return 1 if 0 < rate_per_s <= SINGLE_WORKER_RATE_PER_S else 2


def run_workers(plan: Plan, stop: Callable[[], bool], on_progress: OnProgress) -> Outcome:
    """Runs the plan to its end, or until ``stop`` says so; ``on_progress`` hears of it several times a second.

    Raises:
        TidegateError: a worker could not go on; the others are stopped.
    """
    if plan.workers == 1:
        return work(plan, 0, stop, on_progress, ready=lambda: True)
    spawn = multiprocessing.get_context("spawn")
    rows = [spawn.RawArray("d", _NUMBERS) for _ in range(plan.workers)]
    stop_event, start = spawn.Event(), spawn.Barrier(plan.workers)
    running: dict[Connection, SpawnProcess] = {}
    for index in range(plan.workers):
        receiver, sender = spawn.Pipe(duplex=False)
        arguments = (plan, index, _Shared(rows[index], stop_event, start), sender)
        process = spawn.Process(target=_work, args=arguments, daemon=True)
        process.start()
        sender.close()
        running[receiver] = process
    outcomes: list[Outcome] = []
    errors: list[TidegateError] = []
    while running:
        for ended in wait(list(running), timeout=_LOOK_EVERY_S):
            assert isinstance(ended, Connection)
            result = _receive(ended, running.pop(ended))
            outcomes.append(result) if isinstance(result, Outcome) else errors.append(result)
        if errors or stop():
            stop_event.set()
            start.abort()
        on_progress(_sum([Progress(int(row[0]), int(row[1]), int(row[2]), row[3], row[4]) for row in rows]))
    if errors:
        raise errors[0]
    return _combine(outcomes)


def _receive(pipe: Connection, process: SpawnProcess) -> Outcome | TidegateError:
    try:
        result = pipe.recv()
    except EOFError:
        process.join()
        return TidegateError(f"a producer process died ({process.exitcode}).", remedy="See its message above.")
    process.join()
    assert isinstance(result, Outcome | TidegateError)
    return result


def _combine(outcomes: list[Outcome]) -> Outcome:
    totals = Totals()
    for outcome in outcomes:
        totals.add(outcome.totals)
    failures = [outcome.first_failure for outcome in outcomes if outcome.first_failure]
    return Outcome(
        totals,
        _sum([outcome.progress for outcome in outcomes]),
        failures[0] if failures else None,
        min(outcome.started_s for outcome in outcomes),
        max(outcome.ended_s for outcome in outcomes),
    )


def _sum(rows: list[Progress]) -> Progress:
    return Progress(
        sent=sum(row.sent for row in rows),
        delivered=sum(row.delivered for row in rows),
        failed=sum(row.failed for row in rows),
        behind_s=max((row.behind_s for row in rows), default=0.0),
        max_behind_s=max((row.max_behind_s for row in rows), default=0.0),
    )


def _work(plan: Plan, index: int, shared: _Shared, result: Connection) -> None:
    """A worker process. Ctrl-C reaches the parent, which tells the workers; they do not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def stop() -> bool:
        return shared.stop.is_set() or not parent.is_alive()

    def on_progress(now: Progress) -> None:
        shared.numbers[:] = (now.sent, now.delivered, now.failed, now.behind_s, now.max_behind_s)

    def ready() -> bool:
        try:
            shared.start.wait(_START_TIMEOUT_S)
        except BrokenBarrierError:
            return False
        return True

    try:
        result.send(work(plan, index, stop, on_progress, ready))
    except TidegateError as error:
        shared.start.abort()
        result.send(error)
