"""Loads reference data: every good row becomes its key's new state in the compacted topic, a deletion a tombstone."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console

from producers.avro import Encoder
from producers.batch import Batch
from producers.publish import Progress, Publisher, publish
from producers.reference_rows import RowReader, State
from producers.rejects import Rejects
from producers.session import Summary, delivery, registered_id, session, watched_offsets
from tidegate.contracts.load import Dataset
from tidegate.errors import TidegateError
from tidegate.settings import Settings

_BATCH = 500
_NO_SCHEMA_ID = 0


@dataclass(slots=True)
class Load:
    """What to load: rows of ``path``, the built-in sample, keys to delete; ``rejects`` None is the default place."""

    path: Path | None = None
    sample: bool = False
    delete: tuple[str, ...] = ()
    rejects: Path | None = None
    upserts: int = field(default=0, init=False)
    deletes: int = field(default=0, init=False)

    def rejects_path(self, home: Path) -> Path:
        """Where rejected rows go: the given file, else one named after the input in the home folder."""
        return self.rejects or home / "rejects" / f"{self.path.name if self.path else 'sample'}.rejects"

    def batches(
        self, reader: RowReader, encoder: Encoder, rejects: Rejects, sample: Iterator[State]
    ) -> Iterator[Batch]:
        """All changes, in their order, encoded; rows that do not fit go to ``rejects``."""
        batch = Batch([], [])
        for state in self._states(reader, rejects, sample):
            self.upserts += state.record is not None
            self.deletes += state.record is None
            batch.keys.append(state.key.encode())
            batch.values.append(None if state.record is None else encoder.encode(state.record))
            if len(batch) == _BATCH:
                yield batch
                batch = Batch([], [])
        if batch:
            yield batch

    def _states(self, reader: RowReader, rejects: Rejects, sample: Iterator[State]) -> Iterator[State]:
        if self.sample:
            yield from sample
        for row in reader.rows(self.path) if self.path else ():
            try:
                yield reader.state(row)
            except ValueError as error:
                rejects.add(row.number, str(error), row.text.encode())
        for key in self.delete:
            yield State(key, None)


def check_reference(settings: Settings, dataset: Dataset, load: Load, now: datetime) -> Summary:
    """What a load would do, without Kafka or a registry.

    Raises:
        TidegateError: the dataset is no reference data, or the file cannot be read.
    """
    with Rejects(load.rejects_path(settings.home), Console(stderr=True)) as rejects:
        encoder = Encoder(dataset.latest, _NO_SCHEMA_ID)
        for _ in load.batches(RowReader(dataset, now), encoder, rejects, sample_states(dataset, load)):
            pass
    return _counts(dataset, load, rejects)


def load_reference(settings: Settings, dataset: Dataset, load: Load, now: datetime) -> Summary:
    """Loads reference data and returns the summary.

    Raises:
        TidegateError: the dataset is no reference data, the file cannot be read, or topic or schema are missing.
    """
    reader = RowReader(dataset, now)
    topic = dataset.contract.topic.name
    encoder = Encoder(dataset.latest, registered_id(settings, dataset))
    publisher = Publisher(settings.kafka_bootstrap_servers, topic)
    latest = Progress()

    def on_batch(_batch: Batch | None, progress: Progress) -> None:
        nonlocal latest
        latest = progress
        run.on_progress(progress)

    started_s = time.monotonic()
    with (
        watched_offsets(settings, topic) as offsets,
        session(dataset.name, None) as run,
        Rejects(load.rejects_path(settings.home), run.console) as rejects,
    ):
        batches = load.batches(reader, encoder, rejects, sample_states(dataset, load))
        publish(batches, publisher, run.stop, on_batch)
    seconds = time.monotonic() - started_s
    return {
        **_counts(dataset, load, rejects),
        **delivery(latest, publisher.first_failure, seconds),
        "offsets": offsets,
    }


def sample_states(dataset: Dataset, load: Load) -> Iterator[State]:
    """The sample of a dataset: what the function ``sample`` of ``producers/<dataset>.py`` yields.

    Raises:
        TidegateError: it is asked for, and there is none.
    """
    module = f"producers.{dataset.name}"
    sample = getattr(import_module(module), "sample", None) if find_spec(module) else None
    key = dataset.contract.topic.key
    if not load.sample:
        return iter(())
    if sample is None or key is None:
        raise TidegateError(f"{dataset.name} has no sample.", remedy="Give a file.")
    return (State(str(record[key]), record) for record in sample())


def _counts(dataset: Dataset, load: Load, rejects: Rejects) -> Summary:
    return {
        "dataset": dataset.name,
        "rows": load.upserts + load.deletes + rejects.count,
        "upserts": load.upserts,
        "deletes": load.deletes,
        "rejected": rejects.count,
        "rejects_file": str(rejects.path) if rejects.count else None,
    }
