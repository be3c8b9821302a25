"""A run that sends what happens on this machine, as the dataset's ``live_source.py`` finds it."""

import time
from collections.abc import Callable, Iterator
from typing import Protocol, cast

from producers.datasets.find import FOLDER, find
from producers.live.restarted_log import LogFiles
from producers.sending.batch import Batch
from producers.sending.progress_metrics import Address
from producers.sending.publish import Progress, Publisher, publish
from producers.sending.session import Summary, delivery, registered_id, session, watched_offsets
from tidegate.avro.codec import Encoder
from tidegate.contracts.dataset import Dataset
from tidegate.errors import TidegateError
from tidegate.settings import Settings


class LiveSource(Protocol):
    """Makes batches without end."""

    def batches(self, clock: Callable[[], float]) -> Iterator[Batch]:
        """What is new; an empty batch when nothing is."""

    def delivered(self) -> None:
        """Told each time that Kafka has all that was handed out."""


LiveSourceFactory = Callable[[Settings, Encoder, Callable[[], bool], LogFiles], LiveSource]


def produce_live(
    settings: Settings, dataset: Dataset, logs: LogFiles, seconds: float | None, metrics: Address | None
) -> Summary:
    """Sends until Ctrl-C, or for ``seconds``, and returns the summary; ``logs``: for a source that follows them.

    Raises:
        TidegateError: the dataset has no live source, there is no topic or schema, or the run could not go on.
    """
    factory = _find(dataset.name)
    topic = dataset.contract.topic
    encoder = Encoder(dataset.latest, registered_id(settings, dataset))
    publisher = Publisher(settings, topic.name)
    started_s = time.monotonic()
    with watched_offsets(settings, topic.name) as offsets, session(dataset.name, metrics) as run:

        def stop() -> bool:
            return run.stop() or (seconds is not None and time.monotonic() - started_s >= seconds)

        latest = send(factory(settings, encoder, stop, logs), publisher, stop, run.on_progress)
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
    handed_out = 0

    def counted() -> Iterator[Batch]:
        nonlocal handed_out
        for batch in source.batches(time.time):
            handed_out += len(batch)
            yield batch

    def on_batch(_batch: Batch | None, progress: Progress) -> None:
        on_progress(progress)
        if progress.delivered == progress.sent == handed_out and not progress.failed:
            source.delivered()

    return publish(counted(), publisher, stop, on_batch)


def _find(dataset: str) -> LiveSourceFactory:
    factory = find(dataset, "live_source", "live_source")
    if factory is None:
        raise TidegateError(
            f"dataset {dataset!r} has no live source to follow.",
            remedy=f"Follow a file with --from FILE --follow, or write {FOLDER}/{dataset}/live_source.py.",
        )
    return cast(LiveSourceFactory, factory)
