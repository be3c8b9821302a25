"""A run that sends what happens on this machine, as the dataset's ``live_source.py`` finds it."""

import time
from collections.abc import Callable
from typing import cast

from producers.datasets.find import FOLDER, find
from producers.live.restarted_log import LogFiles
from producers.sending.acknowledged import PlacedSource, send
from producers.sending.encoding import RecordEncoder, encoder_of
from producers.sending.progress_metrics import Address
from producers.sending.publish import Publisher
from producers.sending.rejects import Rejects
from producers.sending.session import Summary, delivery, registered_id, session, watched_offsets
from tidegate import log
from tidegate.contracts.dataset import Dataset
from tidegate.errors import TidegateError
from tidegate.settings import Settings

LiveSourceFactory = Callable[[Settings, RecordEncoder, Callable[[], bool], LogFiles, Rejects], PlacedSource]


def produce_live(
    settings: Settings, dataset: Dataset, logs: LogFiles, seconds: float | None, metrics: Address | None
) -> Summary:
    """Sends until Ctrl-C, or for ``seconds``, and returns the summary; ``logs``: for a source that follows them.

    Raises:
        TidegateError: the dataset has no live source, there is no topic or schema, or the run could not go on.
    """
    factory = _find(dataset.name)
    topic = dataset.contract.topic
    encoder = encoder_of(dataset, registered_id(settings, dataset))
    publisher = Publisher(settings, topic.name, patient=True)
    kept = Rejects(settings.home / "rejects" / f"{dataset.name}.rejects", log.console(), append=True)
    started_s = time.monotonic()
    with watched_offsets(settings, topic.name) as offsets, session(dataset.name, metrics) as run, kept as rejects:

        def stop() -> bool:
            return run.stop() or (seconds is not None and time.monotonic() - started_s >= seconds)

        latest = send(factory(settings, encoder, stop, logs, rejects), publisher, stop, run.on_progress)
    return {
        "dataset": dataset.name,
        "rejected": rejects.count,
        "rejects_file": str(rejects.path) if rejects.count else None,
        **delivery(latest, publisher.first_failure, time.monotonic() - started_s),
        "offsets": offsets,
    }


def _find(dataset: str) -> LiveSourceFactory:
    factory = find(dataset, "live_source", "live_source")
    if factory is None:
        raise TidegateError(
            f"dataset {dataset!r} has no live source to follow.",
            remedy=f"Follow a file with --from FILE --follow, or write {FOLDER}/{dataset}/live_source.py.",
        )
    return cast(LiveSourceFactory, factory)
