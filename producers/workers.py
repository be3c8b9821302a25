"""Runs a generator in worker processes: one Python process fills one core, a fast run needs more."""

import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator, MutableSequence
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from threading import BrokenBarrierError

import numpy as np

from producers.batch import Batch
from producers.generator import Generator, Mix, Pace, Traffic, find_generator, paced, unpaced
from producers.ledger import Ledger, Totals
from producers.publish import Progress, Publisher, publish
from producers.rate import OpenLoop
from tidegate.contracts.load import load_dataset
from tidegate.errors import TidegateError

SINGLE_WORKER_RATE_PER_S = 20_000
_START_TIMEOUT_S = 60.0
_LOOK_EVERY_S = 0.2
_FIGURES = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """A run of a generator; ``ledger`` is where special records go."""

    dataset: str
    schemas_dir: Path
    schema_id: int
    bootstrap_servers: str
    topic: str
    mix: Mix
    pace: Pace
    seed: int
    workers: int
    ledger: Path | None = None

    def ledger_part(self, worker: int) -> Path | None:
        """Where a worker writes its part of the ledger."""
        return self.ledger and self.ledger.with_name(f"{self.ledger.name}.part{worker}")

    def share(self, worker: int) -> int | None:
        """How many of the records a worker sends."""
        count = self.pace.count
        return None if count is None else len(range(worker, count, self.workers))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: everything sent by kind, what became of it, the first failure, if any, and when (since 1970)."""

    totals: Totals
    progress: Progress
    first_failure: str | None
    started_s: float
    ended_s: float


@dataclass(frozen=True, slots=True)
class _Shared:
    """What a worker shares with its parent: its row of figures, the way to stop it, the common start."""

    figures: MutableSequence[float]
    stop: Event
    start: Barrier


def default_workers(rate_per_s: float) -> int:
    """One process for a slow run, two for a fast or unlimited one."""
    return 1 if 0 < rate_per_s <= SINGLE_WORKER_RATE_PER_S else 2


def run_workers(plan: Plan, stop: Callable[[], bool], on_progress: Callable[[Progress], None]) -> Outcome:
    """Runs the plan to its end, or until ``stop`` says so; ``on_progress`` hears of it several times a second.

    Raises:
        TidegateError: a worker could not go on; the others are stopped.
    """
    spawn = multiprocessing.get_context("spawn")
    figures = [spawn.RawArray("d", _FIGURES) for _ in range(plan.workers)]
    stop_event, start = spawn.Event(), spawn.Barrier(plan.workers)
    running: dict[Connection, SpawnProcess] = {}
    for index in range(plan.workers):
        receiver, sender = spawn.Pipe(duplex=False)
        arguments = (plan, index, _Shared(figures[index], stop_event, start), sender)
        process = spawn.Process(target=_work, args=arguments, daemon=True)
        process.start()
        sender.close()
        running[receiver] = process
    outcomes: list[Outcome] = []
    errors: list[TidegateError] = []
    while running:
        for ready in wait(list(running), timeout=_LOOK_EVERY_S):
            assert isinstance(ready, Connection)
            result = _receive(ready, running.pop(ready))
            outcomes.append(result) if isinstance(result, Outcome) else errors.append(result)
        if errors or stop():
            stop_event.set()
            start.abort()
        on_progress(_sum([Progress(int(row[0]), int(row[1]), int(row[2]), row[3], row[4]) for row in figures]))
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
    if isinstance(result, Outcome):
        return result
    problem, remedy = result
    return TidegateError(problem, remedy=remedy)


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
    """A worker process; Ctrl-C reaches the parent, which tells the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        result.send(_produce(plan, index, shared))
    except TidegateError as error:
        shared.start.abort()
        result.send((error.problem, error.remedy))


def _produce(plan: Plan, index: int, shared: _Shared) -> Outcome:
    dataset = load_dataset(plan.schemas_dir, plan.dataset)
    seed = np.random.SeedSequence(plan.seed).spawn(plan.workers)[index]
    rate_per_s = plan.pace.rate_per_s / plan.workers
    traffic = Traffic(dataset, plan.schema_id, plan.mix, rate_per_s, int(time.time() * 1000))
    generator = find_generator(plan.dataset)(traffic, np.random.default_rng(seed))
    publisher = Publisher(plan.bootstrap_servers, plan.topic)
    latest = Progress()
    part = plan.ledger_part(index)
    with ExitStack() as files:
        ledger = Ledger(files.enter_context(part.open("w")) if part else None)

        def on_batch(batch: Batch | None, progress: Progress) -> None:
            nonlocal latest
            latest = progress
            if batch is not None:
                ledger.add(batch)
            _write(shared.figures, progress)

        started = _start_together(shared)
        started_s = time.time()
        if started:
            publish(_batches(plan, index, generator, started_s), publisher, shared.stop.is_set, on_batch)
    return Outcome(ledger.totals, latest, publisher.first_failure, started_s, time.time())


def _batches(plan: Plan, index: int, generator: Generator, started_s: float) -> Iterator[Batch]:
    count = plan.share(index)
    if not plan.pace.rate_per_s:
        return unpaced(generator, time.time, count, plan.pace.seconds)
    assert count is not None, "a rate without a count"
    return paced(generator, OpenLoop(plan.pace.rate_per_s / plan.workers, started_s), count)


def _start_together(shared: _Shared) -> bool:
    try:
        shared.start.wait(_START_TIMEOUT_S)
    except BrokenBarrierError:
        return False
    return True


def _write(figures: MutableSequence[float], progress: Progress) -> None:
    row = (progress.sent, progress.delivered, progress.failed, progress.behind_s, progress.max_behind_s)
    figures[:] = row
