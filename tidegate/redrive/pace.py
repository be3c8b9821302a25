"""How fast copies are sent: a small part first, then more, no faster than asked, not at all while it goes wrong."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tidegate.redrive.plan import PlannedLetter

RAMP = (0.01, 0.1, 1.0)
"""After each of these parts of all letters, what became of it is awaited before more are sent."""
BATCH_RECORDS = 5_000
"""So many copies are committed at once; readers of the raw topic see none of them before."""
BATCH_BYTES = 32 * 1024 * 1024
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Pace:
    """What a run is told: copies a second, how many in all, the share of failures and the lag that pause it.

    ``max_failed``: of those that have an outcome. ``max_lag``: raw records that refine may fall back beside the copies.
    ``wait_s``: how long nothing may move before what is in flight is given up for now.
    """

    rate: float | None = None
    limit: int | None = None
    ramp: bool = True
    max_failed: float = 0.1
    max_lag: int = 20_000
    wait_s: float = 120.0
    batch_records: int = BATCH_RECORDS

    @property
    def at_once(self) -> int:
        """The copies of a batch: at a low rate what is sent in a second, so that none waits long to be read."""
        return self.batch_records if self.rate is None else max(1, min(self.batch_records, int(self.rate)))

    def too_many_failed(self, failed: int, settled: int) -> bool:
        """Whether sending pauses; ``settled``: how many have an outcome, those that failed among them."""
        return failed > self.max_failed * settled

    def due_s(self, sent: int) -> float:
        """When, in seconds after the first, ``sent`` copies may have been sent."""
        return 0.0 if self.rate is None else sent / self.rate


def parts(letters: Sequence[PlannedLetter], pace: Pace) -> Iterator[Sequence[PlannedLetter]]:
    """The letters in the parts of the ramp, at least one in each; all at once without a ramp."""
    chosen = letters[: pace.limit]
    begin = 0
    for share in RAMP if pace.ramp else (1.0,):
        end = max(begin + 1, round(share * len(chosen)))
        if chosen[begin:end]:
            yield chosen[begin:end]
        begin = end


def batches(items: Iterable[tuple[_T, int]], records: int, most_bytes: int = BATCH_BYTES) -> Iterator[list[_T]]:
    """The items, each with its size in bytes, in batches of so many records, or fewer where they are large."""
    batch: list[_T] = []
    size = 0
    for item, size_bytes in items:
        batch.append(item)
        size += size_bytes
        if len(batch) >= records or size >= most_bytes:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
