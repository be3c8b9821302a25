"""What one worker does: its share of a run of a generator, with its part of the ledger."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from producers.datasets.find import find_generator
from producers.generated.generator import Generator, Mix, Pace, Traffic, paced, unpaced
from producers.generated.ledger import Ledger, Totals
from producers.sending.batch import Batch
from producers.sending.publish import Progress, Publisher, publish
from producers.sending.rate import OpenLoop
from tidegate.contracts.load import load_dataset
from tidegate.settings import Settings

OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """A run of a generator; ``ledger`` is where special records go."""

    dataset: str
    schemas_dir: Path
    schema_id: int
    settings: Settings
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


def work(
    plan: Plan, index: int, stop: Callable[[], bool], on_progress: OnProgress, ready: Callable[[], bool]
) -> Outcome:
    """Sends worker ``index``'s share of the plan, once ``ready`` has waited for the others and did not say no.

    Raises:
        TidegateError: the run could not go on.
    """
    generator = _generator(plan, index)
    publisher = Publisher(plan.settings, plan.topic)
    part = plan.ledger_part(index)
    with ExitStack() as files:
        ledger = Ledger(files.enter_context(part.open("w")) if part else None)

        def on_batch(batch: Batch | None, progress: Progress) -> None:
            if batch is not None:
                ledger.add(batch)
            on_progress(progress)

        wanted = ready()
        started_s, ended = time.time(), Progress()
        if wanted:
            ended = publish(_batches(plan, index, generator, started_s), publisher, stop, on_batch)
    return Outcome(ledger.totals, ended, publisher.first_failure, started_s, time.time())


def _generator(plan: Plan, index: int) -> Generator:
    dataset = load_dataset(plan.schemas_dir, plan.dataset)
    seed = np.random.SeedSequence(plan.seed).spawn(plan.workers)[index]
    rate_per_s = plan.pace.rate_per_s / plan.workers
    now_ms = int(time.time() * 1000)
    traffic = Traffic(dataset, plan.schema_id, plan.mix, rate_per_s, now_ms, index, plan.workers)
    return find_generator(plan.dataset)(traffic, np.random.default_rng(seed))


def _batches(plan: Plan, index: int, generator: Generator, started_s: float) -> Iterator[Batch]:
    count = plan.share(index)
    if not plan.pace.rate_per_s:
        return unpaced(generator, time.time, count, plan.pace.seconds)
    assert count is not None, "a rate without a count"
    return paced(generator, OpenLoop(plan.pace.rate_per_s / plan.workers, started_s), count)
