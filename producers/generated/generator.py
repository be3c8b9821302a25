"""What a generator is, and the two ways to let one run: at the pace of a schedule, or as fast as it can."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from producers.sending.batch import Batch
from producers.sending.rate import OpenLoop
from tidegate.contracts.dataset import Dataset
from tidegate.errors import TidegateError

UNPACED_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Mix:
    """Which share of the records is made special on purpose; each between 0 and 1, and together too."""

    bad_ratio: float = 0.0
    duplicate_ratio: float = 0.0
    late_ratio: float = 0.0

    def __post_init__(self) -> None:
        ratios = (self.bad_ratio, self.duplicate_ratio, self.late_ratio)
        if min(ratios) < 0 or sum(ratios) > 1:
            raise TidegateError(
                f"the ratios {', '.join(map(str, ratios))} cannot be met.",
                remedy="Each is 0 or more, and together they are at most 1.",
            )


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast to send and when to end: ``rate_per_s`` 0 is unlimited; at a rate, ``count`` is set."""

    rate_per_s: float
    count: int | None = None
    seconds: float | None = None

    @classmethod
    def of(cls, rate_per_s: float, seconds: float | None, count: int | None) -> "Pace":
        """The pace that a command asks for: ``count`` records, else as many as ``seconds`` hold (ten by default)."""
        if count is not None:
            return cls(rate_per_s, count)
        seconds = 10.0 if seconds is None else seconds
        return cls(rate_per_s, round(rate_per_s * seconds)) if rate_per_s else cls(rate_per_s, None, seconds)


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a generator needs to know; ``start_ms`` is the time of the first event, milliseconds since 1970.

    It is the one numbered ``worker``, from 0, of ``workers`` that make the records of a run together.
    """

    dataset: Dataset
    schema_id: int
    mix: Mix
    rate_per_s: float
    start_ms: int
    worker: int = 0
    workers: int = 1


class Generator(Protocol):
    """Makes the next records of a dataset."""

    def batch(self, times_ms: NDArray[np.int64]) -> Batch:
        """One record per time (milliseconds since 1970)."""


GeneratorFactory = Callable[[Traffic, np.random.Generator], Generator]


def paced(generator: Generator, schedule: OpenLoop, count: int) -> Iterator[Batch]:
    """``count`` records, each made for the time at which it is due."""
    size = schedule.batch_size()
    for first in range(0, count, size):
        length = min(size, count - first)
        batch = generator.batch(schedule.times_ms(first, length))
        batch.due_s = schedule.due_s(first + length - 1)
        yield batch


def unpaced(
    generator: Generator, clock: Callable[[], float], count: int | None, seconds: float | None
) -> Iterator[Batch]:
    """Records as fast as they are taken, each with the time of its making, until ``count`` or ``seconds`` are over."""
    end_s = None if seconds is None else clock() + seconds
    made = 0
    while (count is None or made < count) and (end_s is None or clock() < end_s):
        length = UNPACED_BATCH if count is None else min(UNPACED_BATCH, count - made)
        yield generator.batch(np.full(length, int(clock() * 1000), dtype=np.int64))
        made += length
