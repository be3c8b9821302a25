"""Loads reference data: every good row becomes its key's new state in the compacted topic, a deletion a tombstone.

A database table is the whole truth about its keys, and the topic says what is known of them already: rows whose time is
newer are sent, keys that the table no longer has are deleted. So nothing has to be remembered between two loads.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from producers.avro import Encoder
from producers.batch import Batch
from producers.postgres import open_table
from producers.publish import Progress, Publisher, publish
from producers.reference_rows import RowReader, State
from producers.reference_topic import read_versions
from producers.rejects import Rejects
from producers.session import Summary, delivery, registered_id, session, watched_offsets
from tidegate import log
from tidegate.contracts.load import Dataset
from tidegate.errors import TidegateError
from tidegate.settings import Settings

_BATCH = 500
_NO_SCHEMA_ID = 0
_MASS_SHARE = 0.5
_FEW_KEYS = 10


@dataclass(frozen=True, slots=True)
class Table:
    """A table of PostgreSQL; ``mass_delete``: most of the topic's keys may be missing in it."""

    url: str
    name: str
    mass_delete: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """What to load: rows of ``path`` or ``table``, the sample, keys to delete; ``rejects`` None: the default place."""

    path: Path | None = None
    sample: bool = False
    delete: tuple[str, ...] = ()
    rejects: Path | None = None
    table: Table | None = None

    def rejects_path(self, home: Path) -> Path:
        """Where rejected rows go: the given file, else one named after the input in the home folder."""
        return self.rejects or home / "rejects" / f"{self.path.name if self.path else 'load'}.rejects"


class Changes:
    """The changes of a load, in their order, counted; rows that do not fit go to ``rejects``."""

    def __init__(
        self,
        dataset: Dataset,
        load: Load,
        loaded_at: datetime,
        rejects: Rejects,
        known: Callable[[], Mapping[str, datetime]],
    ) -> None:
        self.upserts = 0
        self.deletes = 0
        self._dataset = dataset
        self._known = known
        self._reader = RowReader(dataset, loaded_at)
        self._sample = _sample(dataset) if load.sample else iter(())
        self._load = load
        self._rejects = rejects

    def batches(self, encoder: Encoder) -> Iterator[Batch]:
        """The changes as records of the topic."""
        batch = Batch([], [])
        for state in self._states():
            self.upserts += state.record is not None
            self.deletes += state.record is None
            batch.keys.append(state.key.encode())
            batch.values.append(None if state.record is None else encoder.encode(state.record))
            if len(batch) == _BATCH:
                yield batch
                batch = Batch([], [])
        if batch:
            yield batch

    def summary(self) -> Summary:
        """The counts so far."""
        rejected = self._rejects.count
        return {
            "rows": self.upserts + self.deletes + rejected,
            "upserts": self.upserts,
            "deletes": self.deletes,
            "rejected": rejected,
            "rejects_file": str(self._rejects.path) if rejected else None,
        }

    def _states(self) -> Iterator[State]:
        yield from self._sample
        for row in self._reader.rows(self._load.path) if self._load.path else ():
            try:
                yield self._reader.state(row)
            except ValueError as error:
                self._rejects.add(row.number, str(error), row.text.encode())
        if self._load.table:
            yield from self._table_states(self._load.table)
        for key in self._load.delete:
            yield State(key, None)

    def _table_states(self, table: Table) -> Iterator[State]:
        """What differs between the table and what is known; nothing is sent before all of that is read."""
        with open_table(table.url, table.name, self._dataset) as rows:
            current, known = rows.versions(), self._known()
            gone = sorted(known.keys() - current.keys())
            if len(gone) > max(len(known) * _MASS_SHARE, _FEW_KEYS) and not table.mass_delete:
                raise TidegateError(
                    f"the table {table.name} lacks {len(gone):,} of the {len(known):,} keys of {self._dataset.name}.",
                    remedy="If they are to be deleted, give --mass-delete; else check --from and --table.",
                )
            changed = [key for key, time in current.items() if key not in known or known[key] < time]
            for row in rows.rows(changed):
                try:
                    yield self._reader.state(row)
                except ValueError as error:
                    self._rejects.add(row.number, str(error), row.text.encode())
            yield from (State(key, None) for key in gone)


def check_reference(settings: Settings, dataset: Dataset, load: Load, now: datetime) -> Summary:
    """What a load would do, without Kafka or a registry.

    Raises:
        TidegateError: the dataset is no reference data, or the file cannot be read.
    """
    with Rejects(load.rejects_path(settings.home), log.console()) as rejects:
        changes = Changes(dataset, load, now, rejects, known=dict)
        for _ in changes.batches(Encoder(dataset.latest, _NO_SCHEMA_ID)):
            pass
    return {"dataset": dataset.name, **changes.summary()}


def load_reference(settings: Settings, dataset: Dataset, load: Load, now: datetime) -> Summary:
    """Loads reference data and returns the summary.

    Raises:
        TidegateError: the dataset is no reference data, the file cannot be read, or topic or schema are missing.
    """
    topic = dataset.contract.topic.name
    latest = Progress()

    def on_batch(_batch: Batch | None, progress: Progress) -> None:
        nonlocal latest
        latest = progress
        run.on_progress(progress)

    started_s = time.monotonic()
    with (
        session(dataset.name, None) as run,
        Rejects(load.rejects_path(settings.home), run.console) as rejects,
    ):
        changes = Changes(dataset, load, now, rejects, known=lambda: read_versions(settings, dataset))
        encoder = Encoder(dataset.latest, registered_id(settings, dataset))
        publisher = Publisher(settings.kafka_bootstrap_servers, topic)
        with watched_offsets(settings, topic) as offsets:
            publish(changes.batches(encoder), publisher, run.stop, on_batch)
    return {
        "dataset": dataset.name,
        **changes.summary(),
        **delivery(latest, publisher.first_failure, time.monotonic() - started_s),
        "offsets": offsets,
    }


def _sample(dataset: Dataset) -> Iterator[State]:
    """The sample of a dataset: what the function ``sample`` of ``producers/<dataset>.py`` yields.

    Raises:
        TidegateError: there is none.
    """
    module = f"producers.{dataset.name}"
    sample = getattr(import_module(module), "sample", None) if find_spec(module) else None
    key = dataset.contract.topic.key
    if sample is None or key is None:
        raise TidegateError(f"{dataset.name} has no sample.", remedy="Give a file.")
    return (State(str(record[key]), record) for record in sample())
