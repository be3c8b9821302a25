"""Sending of a source that keeps its place: it is told what was sent, and each time that Kafka has all of that."""

import time
from collections.abc import Callable, Iterator
from typing import Protocol

from producers.sending.batch import Batch
from producers.sending.publish import Progress, Publisher, publish

_SETTLE_EVERY_S = 5.0
"""How far a place may lag behind under traffic that never pauses: then no more is sent until all is settled."""


class PlacedSource(Protocol):
    """Makes batches without end, and keeps its place in what it reads."""

    def batches(self, clock: Callable[[], float]) -> Iterator[Batch]:
        """What is new; an empty batch when nothing is."""

    def sent(self) -> None:
        """Told that all batches up to the last one were handed to the client."""

    def delivered(self) -> None:
        """Told that Kafka has all of which ``sent`` was told."""


def send(
    source: PlacedSource, publisher: Publisher, stop: Callable[[], bool], on_progress: Callable[[Progress], None]
) -> Progress:
    """Sends what ``source`` hands out until ``stop``, or until Kafka has refused a record for good.

    The batch in which a stop falls is handed out but never sent; the source is not told of it.
    """
    settled_s = time.monotonic()

    def is_over() -> bool:
        return stop() or publisher.failed > 0

    def paused() -> Iterator[Batch]:
        for batch in source.batches(time.time):
            yield batch
            while time.monotonic() - settled_s > _SETTLE_EVERY_S and _is_on_its_way(publisher) and not is_over():
                yield Batch([], [])

    def on_batch(batch: Batch | None, progress: Progress) -> None:
        nonlocal settled_s
        on_progress(progress)
        if batch is not None:
            source.sent()
        if progress.delivered == progress.sent and not progress.failed:
            source.delivered()
            settled_s = time.monotonic()

    return publish(paused(), publisher, is_over, on_batch)


def _is_on_its_way(publisher: Publisher) -> bool:
    return publisher.delivered + publisher.failed < publisher.sent
