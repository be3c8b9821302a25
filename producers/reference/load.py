"""Loads reference data: every good row becomes its key's new state in the compacted topic, a deletion a tombstone.

A database table is the whole truth about its keys, and the topic says what is known of them already: rows whose time is
newer are sent, keys that the table no longer has are deleted. A row without a time is sent if its key is unknown or
another of its values differs, and holds from then on. So nothing has to be remembered between two loads. Rows of files
that were loaded into silver are compared in the same way; but keys that they do not name stay.
"""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from producers.datasets.find import find
from producers.reference.column_map import ColumnMap
from producers.reference.file_rows import file_rows
from producers.reference.postgres import open_table
from producers.reference.rows import Row, RowReader, State
from producers.reference.silver import Opened, Silver
from producers.reference.topic import Known, read_known
from producers.sending.batch import Batch
from producers.sending.decoding import Fault, check_size, decoded
from producers.sending.publish import Publisher, publish
from producers.sending.rejects import Rejects
from producers.sending.session import Summary, delivery, registered_id, session, watched_offsets
from tidegate import log
from tidegate.avro.codec import Encoder
from tidegate.avro.frame import body_of
from tidegate.contracts.dataset import Reference
from tidegate.errors import TidegateError, TransientError
from tidegate.settings import Settings

_BATCH = 500
_BATCH_BYTES = 4 * 1024 * 1024
_NO_SCHEMA_ID = 0
_NO_ROW = Row(0, None, "", b"")
_MASS_SHARE = 0.5
_FEW_KEYS = 10

ReadKnown = Callable[[Collection[str]], Mapping[str, Known] | None]
"""What the topic holds, with the bodies of the given keys; None if it can't be asked."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of PostgreSQL; ``mass_delete``: most of the topic's keys may be missing in it."""

    url: str
    name: str
    mass_delete: bool = False


@dataclass(frozen=True, slots=True)
class Load:
    """What to load: rows of ``path``, ``table`` or ``silver``, the sample, keys to delete.

    ``rejects`` None: the default place. ``columns``: which of a file's or of silver's a field is read from. ``since``:
    from when rows of ``path`` hold that do not say it; None: from the time of the load.
    """

    path: Path | None = None
    sample: bool = False
    delete: tuple[str, ...] = ()
    rejects: Path | None = None
    table: Table | None = None
    since: datetime | None = None
    columns: ColumnMap = field(default_factory=ColumnMap)
    silver: Silver | None = None

    def rejects_path(self, home: Path, dataset: str) -> Path:
        """Where rejected rows go: the given file, else one in the home folder, named after the input or the dataset."""
        return self.rejects or home / "rejects" / f"{self.path.name if self.path else dataset}.rejects"

    def inputs(self) -> list[Path]:
        """The files that are read."""
        return [self.path] if self.path else []


class Changes:
    """The changes of a load, in their order, counted; rows that do not fit go to ``rejects``.

    ``compared``: a table's rows were compared with what is known; else all of them count as changes.
    """

    def __init__(self, dataset: Reference, load: Load, loaded_at: datetime, rejects: Rejects, known: ReadKnown) -> None:
        self.upserts = 0
        self.deletes = 0
        self.timeless = 0
        self.compared = True
        self._dataset = dataset
        self._known = known
        self._reader = RowReader(dataset, loaded_at, load.since)
        self._plain = Encoder(dataset.latest, _NO_SCHEMA_ID)
        self._sample = _sample(dataset) if load.sample else iter(())
        self._load = load
        self._rejects = rejects

    def batches(self, encoder: Encoder) -> Iterator[Batch]:
        """The changes as records of the topic.

        Raises:
            TidegateError: the rows cannot be read to their end; the changes before are handed out first.
        """
        batch, size_bytes = Batch([], []), 0
        try:
            for key, value in self._records(encoder):
                batch.keys.append(key)
                batch.values.append(value)
                size_bytes += len(value or b"")
                if len(batch) == _BATCH or size_bytes >= _BATCH_BYTES:
                    yield batch
                    batch, size_bytes = Batch([], []), 0
        except TidegateError:
            yield batch
            raise
        if batch:
            yield batch

    def summary(self) -> Summary:
        """The counts so far."""
        rejected = self._rejects.count
        return {
            "rows": self.upserts + self.deletes + rejected,
            "upserts": self.upserts,
            "deletes": self.deletes,
            "without_time": self.timeless,
            "rejected": rejected,
            "rejects_file": str(self._rejects.path) if rejected else None,
        }

    def _records(self, encoder: Encoder) -> Iterator[tuple[bytes, bytes | None]]:
        """Key and value of each change; what cannot be encoded is rejected like a row that does not fit."""
        for row, state in self._states():
            found = decoded(lambda state=state: _encoded(state, encoder))  # type: ignore[misc]
            if isinstance(found, Fault):
                self._reject(row, found)
                continue
            self.upserts += state.record is not None
            self.deletes += state.record is None
            self.timeless += state.timeless
            yield found

    def _states(self) -> Iterator[tuple[Row, State]]:
        """The states, each with the row that describes it."""
        yield from ((_NO_ROW, state) for state in self._sample)
        load = self._load
        yield from self._states_of(file_rows(load.path, self._dataset, load.columns) if load.path else ())
        if self._load.table:
            yield from self._table_states(self._load.table)
        if self._load.silver:
            yield from self._silver_states(self._load.silver.opened(self._dataset, self._load.columns))
        for key in self._load.delete:
            yield _NO_ROW, State(key, None)

    def _table_states(self, table: Table) -> Iterator[tuple[Row, State]]:
        """What differs between the table and what is known; nothing is sent before all of that is read."""
        with open_table(table.url, table.name, self._dataset) as opened:
            current = opened.versions()
            timeless = {key for key, since in current.items() if since is None and key is not None}
            found = self._known(timeless)
            self.compared, known = found is not None, found or {}
            gone = sorted(key for key in known if key not in current)
            if len(gone) > max(len(known) * _MASS_SHARE, _FEW_KEYS) and not table.mass_delete:
                raise TidegateError(
                    f"the table {table.name} lacks {len(gone):,} of the {len(known):,} keys of {self._dataset.name}.",
                    remedy="If they are to be deleted, give --mass-delete; else check --from and --table.",
                )
            asked = [
                key
                for key, since in current.items()
                if key is None or key not in known or since is None or known[key].since < since
            ]
            for row, state in self._states_of(opened.rows(asked)):
                if state.key not in timeless or not self._is_same(state, known.get(state.key)):
                    yield row, state
            yield from ((_NO_ROW, State(key, None)) for key in gone)

    def _silver_states(self, silver: Opened) -> Iterator[tuple[Row, State]]:
        """Versions that are newer than what is known, or as new and otherwise; an older one would become the newest."""
        found = self._known(silver.keys())
        self.compared, known = found is not None, found or {}
        for row, state in self._states_of(silver.rows()):
            before = known.get(state.key)
            since = None if state.record is None else state.record[self._dataset.contract.event_time.field]
            is_new = before is None or since is None or since > before.since
            if is_new or (before and since == before.since and not self._is_same(state, before)):
                yield row, state

    def _states_of(self, rows: Iterable[Row]) -> Iterator[tuple[Row, State]]:
        for row in rows:
            found = decoded(lambda row=row: self._reader.state(row))  # type: ignore[misc]
            if isinstance(found, Fault):
                self._reject(row, found)
            else:
                yield row, found

    def _reject(self, row: Row, fault: Fault) -> None:
        self._rejects.add(row.number, fault.reason, row.text)

    def _is_same(self, state: State, known: Known | None) -> bool:
        """Whether nothing but the time differs; compared as written, since Avro rounds what a record holds."""
        if state.record is None or known is None:
            return False
        record = {**state.record, self._dataset.contract.event_time.field: known.since}
        return body_of(self._plain.encode(record)) == known.body


def _encoded(state: State, encoder: Encoder) -> tuple[bytes, bytes | None]:
    key = state.key.encode()
    value = None if state.record is None else encoder.encode(state.record)
    check_size(key, value)
    return key, value


def check_reference(settings: Settings, dataset: Reference, load: Load, now: datetime) -> Summary:
    """What a load would do, without doing it.

    A file is checked without Kafka or a registry. A table is compared with what the topic holds, as in a load; if Kafka
    or the registry does not answer, its rows are only checked: ``compared`` is false, upserts and deletes are None.

    Raises:
        TidegateError: the dataset is no reference data, the file cannot be read, or a load would be refused.
    """

    def known(with_body: Collection[str]) -> Mapping[str, Known] | None:
        try:
            return read_known(settings, dataset, with_body)
        except TransientError as error:
            log.tell(f"not compared with what is known already: {error}", "not_compared", "warning", error=str(error))
            return None

    with Rejects(load.rejects_path(settings.home, dataset.name), log.console(), load.inputs()) as rejects:
        changes = Changes(dataset, load, now, rejects, known)
        for _ in changes.batches(Encoder(dataset.latest, _NO_SCHEMA_ID)):
            pass
    unknown = {} if changes.compared else {"upserts": None, "deletes": None}
    return {"dataset": dataset.name, **changes.summary(), **unknown, "compared": changes.compared}


def load_reference(settings: Settings, dataset: Reference, load: Load, now: datetime) -> Summary:
    """Loads reference data and returns the summary.

    Raises:
        TidegateError: the dataset is no reference data, the file cannot be read, or topic or schema are missing.
    """
    topic = dataset.contract.topic.name
    started_s = time.monotonic()
    kept = Rejects(load.rejects_path(settings.home, dataset.name), log.console(), load.inputs())
    with session(dataset.name, None) as run, kept as rejects:
        changes = Changes(dataset, load, now, rejects, lambda keys: read_known(settings, dataset, keys))
        encoder = Encoder(dataset.latest, registered_id(settings, dataset))
        publisher = Publisher(settings, topic)
        with watched_offsets(settings, topic) as offsets:
            ended = publish(changes.batches(encoder), publisher, run.stop, run.on_batch)
    return {
        "dataset": dataset.name,
        **changes.summary(),
        "stopped": run.stop(),
        **delivery(ended, publisher.first_failure, time.monotonic() - started_s),
        "offsets": offsets,
    }


def _sample(dataset: Reference) -> Iterator[State]:
    """The sample of a dataset: what the function ``sample`` of its ``sample.py`` yields.

    Raises:
        TidegateError: there is none.
    """
    sample = find(dataset.name, "sample", "sample")
    if sample is None:
        raise TidegateError(f"{dataset.name} has no sample.", remedy="Give a file.")
    return (State(str(record[dataset.key]), record) for record in sample())
