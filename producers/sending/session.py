"""What every run of a producer does besides its own work: find the schema, watch the offsets, listen, report, stop."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from producers.sending.batch import Batch
from producers.sending.console import reporting
from producers.sending.outage import OutageWatch
from producers.sending.progress_metrics import Address, serve
from producers.sending.publish import Progress
from tidegate import log
from tidegate.clients.kafka_offsets import end_offsets
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.dataset import Dataset
from tidegate.contracts.topics import raw_subject
from tidegate.errors import ContractError, TransientError
from tidegate.settings import Settings
from tidegate.stopping import Stop, stop_on_signal

Summary = dict[str, Any]
PATIENCE_S = 120.0
POLL_S = 0.5


@dataclass(frozen=True, slots=True)
class Session:
    """A run that is going on: whether it was asked to stop, and where its progress goes."""

    stop: Stop
    on_progress: Callable[[Progress], None]
    console: Console

    def on_batch(self, _batch: Batch | None, progress: Progress) -> None:
        """What a run that only shows its progress does at every batch."""
        self.on_progress(progress)


@contextmanager
def session(dataset: str, metrics: Address | None) -> Iterator[Session]:
    """Shows progress on standard error, serves it as metrics, and turns Ctrl-C into a clean stop."""
    log.bind(dataset=dataset)
    console = log.console()
    with stop_on_signal() as stop, serve(dataset, metrics) as served, reporting(console) as reporter:
        outage = OutageWatch()

        def on_progress(progress: Progress) -> None:
            served.latest = progress
            outage(progress)
            reporter(progress)

        yield Session(stop, on_progress, console)


def registered_id(settings: Settings, dataset: Dataset) -> int:
    """The id under which the registry knows the dataset's newest schema; a producer never registers one itself.

    0 for records in JSON, of which the registry knows none.

    Raises:
        ContractError: the registry does not know it.
        TransientError: the registry does not answer.
    """
    if dataset.contract.is_json:
        return 0
    subject = raw_subject(dataset.contract)
    with RegistryClient(settings) as registry:
        schema_id = registry.lookup(subject, dataset.latest)
    if schema_id is None and dataset.contract.topic.registered_by == "producers":
        raise ContractError(
            f"the records of {dataset.name} are its producers': no version of their subject {subject} is the newest "
            "schema here, so none can be sent in their name.",
            remedy="Let the producers send them.",
        )
    if schema_id is None:
        raise ContractError(
            f"the registry does not know the newest schema of {dataset.name} (subject {subject}).",
            remedy=f"Register it with `tidegate contract register {dataset.name}`.",
        )
    return schema_id


def delivery(progress: Progress, first_failure: str | None, seconds: float) -> Summary:
    """The part of a summary that says what became of the records."""
    return {
        "sent": progress.sent,
        "delivered": progress.delivered,
        "failed": progress.failed,
        "first_failure": first_failure,
        "seconds": round(seconds, 3),
        "rate_per_s": round(progress.delivered / seconds, 1) if seconds else 0.0,
        "max_behind_s": round(progress.max_behind_s, 3),
    }


@contextmanager
def watched_offsets(settings: Settings, topic: str) -> Iterator[dict[str, list[int]]]:
    """Each partition's next offset before and, once the block has run, after it.

    Raises:
        TransientError: no broker answers.
        TidegateError: there is no such topic.
    """
    offsets = {str(partition): [start] for partition, start in sorted(end_offsets(settings, topic).items())}
    yield offsets
    for partition, end in sorted(_patiently(lambda: end_offsets(settings, topic)).items()):
        offsets.setdefault(str(partition), [0]).append(end)


def _patiently(ask: Callable[[], dict[int, int]]) -> dict[int, int]:
    """The answer, also of a broker that is just coming back: a summary must not be lost for its last question."""
    deadline_s = time.monotonic() + PATIENCE_S
    while True:
        try:
            return ask()
        except TransientError:
            if time.monotonic() > deadline_s:
                raise
            time.sleep(POLL_S)
