"""A run that sends what happens on this machine: ``producers/<dataset>_live.py`` has a function ``live_source``."""

import time
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

from producers.avro import Encoder
from producers.batch import Batch
from producers.metrics import Address
from producers.publish import Progress, Publisher, publish
from producers.session import Summary, delivery, registered_id, session, watched_offsets
from tidegate.contracts.load import Dataset
from tidegate.errors import TidegateError
from tidegate.settings import Settings


class LiveSource(Protocol):
    """Makes batches without end."""

    def batches(self, clock: Callable[[], float]) -> Iterator[Batch]:
        """What is new; an empty batch when nothing is."""

    def delivered(self) -> None:
        """Told each time that Kafka has all that was handed out."""


LiveSourceFactory = Callable[[Settings, Encoder, Callable[[], bool]], LiveSource]


def produce_live(settings: Settings, dataset: Dataset, seconds: float | None, metrics: Address | None) -> Summary:
    """Sends until Ctrl-C, or for ``seconds``, and returns the summary.

    Raises:
        TidegateError: the dataset has no live source, there is no topic or schema, or the run could not go on.
    """
    factory = _find(dataset.name)
    topic = dataset.contract.topic
    encoder = Encoder(dataset.latest, registered_id(settings, dataset))
    publisher = Publisher(settings.kafka_bootstrap_servers, topic.name)
    started_s = time.monotonic()
    with watched_offsets(settings, topic.name) as offsets, session(dataset.name, metrics) as run:

        def stop() -> bool:
            return run.stop() or (seconds is not None and time.monotonic() - started_s >= seconds)

        latest = send(factory(settings, encoder, stop), publisher, stop, run.on_progress)
    return {
        "dataset": dataset.name,
        **delivery(latest, publisher.first_failure, time.monotonic() - started_s),
        "offsets": offsets,
    }


def send(
    source: LiveSource, publisher: Publisher, stop: Callable[[], bool], on_progress: Callable[[Progress], None]
) -> Progress:
    """Sends what ``source`` hands out until ``stop``, and tells it each time that Kafka has all of that.

    The batch in which a stop falls is handed out but never sent; the source hears of no delivery then.
    """
    latest = Progress()
    handed_out = 0

    def counted() -> Iterator[Batch]:
        nonlocal handed_out
        for batch in source.batches(time.time):
            handed_out += len(batch)
            yield batch

    def on_batch(_batch: Batch | None, progress: Progress) -> None:
        nonlocal latest
        latest = progress
        on_progress(progress)
        if progress.delivered == progress.sent == handed_out and not progress.failed:
            source.delivered()

    publish(counted(), publisher, stop, on_batch)
    return latest


def _find(dataset: str) -> LiveSourceFactory:
    module = f"producers.{dataset}_live"
    factory = getattr(import_module(module), "live_source", None) if find_spec(module) else None
    if factory is None:
        raise TidegateError(
            f"dataset {dataset!r} has no live source to follow.",
            remedy=f"Follow a file with --from FILE --follow, or write producers/{dataset}_live.py.",
        )
    return cast(LiveSourceFactory, factory)
