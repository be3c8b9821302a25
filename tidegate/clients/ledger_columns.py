"""The newest entries of a dataset's letters in columns: a million of them take 150 MB, and no Python value each."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tidegate.avro.columns import Columns, Found, read_columns
from tidegate.avro.leading_fields import Buffer, Ints, Mask
from tidegate.avro.records import WriterSchemas
from tidegate.avro.types import AvroSchema
from tidegate.avro.writer_types import WriterSchemaError, WriterType, read_writer_type
from tidegate.clients.kafka_offsets import Spans
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.audit_topics import LEDGER_TOPIC
from tidegate.dead_letters.ledger import Outcome, State
from tidegate.dead_letters.told import digest
from tidegate.settings import Settings

Texts = NDArray[np.bytes_]
STATES = tuple(State)
_LONGEST = 256
"""Bytes of a text at most; ids, topics and states are shorter."""
_SQUEEZE = 500_000
"""Rows that are held before older entries of the same letters are let go."""
_PLACE = ("topic", "partition", "offset")
_WANTED = (
    *("dead_letter_id", "dataset", "state", "outcome", "changed_at", "action_id"),
    *(f"{place}.{part}" for place in ("source", "copy") for part in _PLACE),
)


@dataclass(frozen=True, slots=True)
class LedgerColumns:
    """Each letter is a row, in the order of their ids.

    ``state``: its place in ``STATES``. ``source`` and ``copy``: partition and offset in the raw topic, -1 where there
    is none. ``changed_at``: ms since the epoch. ``action``: empty where none is named. ``digest``: see
    ``dead_letters.told``; 0 of an entry with a copy in any topic, ``has_copy``. ``indexed``: its document was
    written by a redrive.
    """

    letter: Texts
    state: NDArray[np.int8]
    source: Ints
    copy: Ints
    has_copy: Mask
    indexed: Mask
    changed_at: Ints
    action: Texts
    digest: Ints

    def __len__(self) -> int:
        return len(self.letter)

    def where(self, which: Ints | Mask) -> "LedgerColumns":
        """Some of the rows."""
        return LedgerColumns(*(getattr(self, each.name)[which] for each in fields(self)))

    def rows_of(self, letters: Texts) -> Ints:
        """The row of each of these letters; -1 where there is none."""
        if not len(self) or not len(letters):
            return np.full(len(letters), -1)
        at = np.minimum(np.searchsorted(self.letter, letters), len(self) - 1)
        return np.where(self.letter[at] == letters, at, -1)


def no_entries() -> LedgerColumns:
    """Of a ledger without a letter."""
    none, places, text = np.zeros(0, np.int64), np.zeros((0, 2), np.int64), np.zeros(0, "S1")
    mask = none.astype(np.bool_)
    return LedgerColumns(text, none.astype(np.int8), places, places, mask, mask, none, text, none)


class LedgerScan:
    """Reads the entries of one dataset, of letters of ``raw_topic`` by place, and later what came since."""

    def __init__(self, settings: Settings, dataset: str, raw_topic: str) -> None:
        self._settings = settings
        self._dataset = dataset.encode()
        self._raw_topic = raw_topic.encode()
        self._parts = [no_entries()]

    @property
    def columns(self) -> LedgerColumns:
        """The newest entries of what was read so far."""
        if len(self._parts) > 1:
            self._parts = [_newest(self._parts)]
        return self._parts[0]

    def read(self, spans: Spans) -> None:
        """Takes the entries at these offsets in; those of one letter lie in one partition, the newest last.

        Raises:
            TransientError: Kafka or the registry is out of reach.
        """
        schemas = WriterSchemas(RegistryClient(self._settings).by_id, writer_type)
        for batch in read_batches(Scan(self._settings, LEDGER_TOPIC, spans)):
            self.take(Buffer.of(batch.values), schemas)

    def take(self, buffer: Buffer, schemas: WriterSchemas[WriterType]) -> None:
        """Takes the entries among these records in."""
        self._parts.append(self._of_batch(buffer, schemas))
        if sum(map(len, self._parts[1:])) >= _SQUEEZE:
            self._parts = [_newest(self._parts)]

    def _of_batch(self, buffer: Buffer, schemas: WriterSchemas[WriterType]) -> LedgerColumns:
        """The entries in the order of their records."""
        parts, places = [no_entries()], [np.zeros(0, np.int64)]
        for rows, some, columns in by_schema(buffer, schemas, _WANTED):
            found, mine = self._of_schema(some, columns)
            parts.append(found)
            places.append(rows[mine])
        return _joined(parts).where(np.argsort(np.concatenate(places)))

    def _of_schema(self, buffer: Buffer, columns: Columns) -> tuple[LedgerColumns, Ints]:
        """The entries of the dataset, and which records these are."""
        count, found = len(buffer.starts), columns.found
        texts = {name: texts_of(buffer.data, found[name], count) for name in ("dataset", "dead_letter_id", "action_id")}
        states = texts_of(buffer.data, found["state"], count)
        state = sum((states == each.value.encode()) * number for number, each in enumerate(STATES, 1)) - 1
        has_copy = np.zeros(count, np.bool_)
        has_copy[found["copy.topic"].rows] = True
        mine = columns.readable & (texts["dataset"] == self._dataset) & (state >= 0)
        digests = np.zeros(count, np.int64)
        told = np.flatnonzero(mine & ~has_copy)
        values = zip(buffer.starts[told].tolist(), buffer.ends[told].tolist(), strict=True)
        digests[told] = np.fromiter((digest(buffer.data[start:end]) for start, end in values), np.int64, len(told))
        every = LedgerColumns(
            texts["dead_letter_id"],
            state.astype(np.int8),
            self._places("source", buffer.data, found, count),
            self._places("copy", buffer.data, found, count),
            has_copy,
            texts_of(buffer.data, found["outcome"], count) == Outcome.INDEX.value.encode(),
            numbers_of(found["changed_at"], count),
            texts["action_id"],
            digests,
        )
        return every.where(mine), np.flatnonzero(mine)

    def _places(self, name: str, data: bytes, found: Mapping[str, Found], count: int) -> Ints:
        ours = texts_of(data, found[f"{name}.topic"], count) == self._raw_topic
        numbers = [numbers_of(found[f"{name}.{part}"], count) for part in _PLACE[1:]]
        return np.where(ours[:, None], np.column_stack(numbers), -1)


def by_schema(
    buffer: Buffer, schemas: WriterSchemas[WriterType], wanted: Collection[str]
) -> Iterator[tuple[Ints, Buffer, Columns]]:
    """The entries among the records, those of one version of the schema together: their rows, bytes and columns."""
    ids = buffer.schema_ids()
    for schema_id in np.unique(ids).tolist():
        writer = schemas[schema_id]
        if writer is not None and {"dead_letter_id", "source", "copy"} <= {name for name, _ in writer.fields}:
            rows = np.flatnonzero(ids == schema_id)
            some = buffer.take(rows)
            yield rows, some, read_columns(some, writer, wanted)


def _joined(parts: list[LedgerColumns]) -> LedgerColumns:
    return LedgerColumns(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(parts[0])))


def _newest(parts: list[LedgerColumns]) -> LedgerColumns:
    """The last entry of each letter, by the letters' ids."""
    every = _joined(parts)
    _, from_behind = np.unique(every.letter[::-1], return_index=True)
    return every.where(len(every) - 1 - from_behind)


def texts_of(data: bytes, found: Found, count: int) -> Texts:
    """The text of each record, empty where there is none; a longer one than any of ours is cut."""
    if found.ends is None or not len(found.rows):
        return np.zeros(count, "S1")
    sizes = np.minimum(found.ends - found.values, _LONGEST)
    width = max(1, int(sizes.max()))
    inside = np.arange(width) < sizes[:, None]
    at = np.where(inside, found.values[:, None] + np.arange(width), 0)
    held = np.zeros((count, width), np.uint8)
    held[found.rows] = np.where(inside, np.frombuffer(data, np.uint8)[at], 0)
    texts: Texts = held.view(f"S{width}").reshape(-1)
    return texts


def numbers_of(found: Found, count: int) -> Ints:
    held: Ints = np.full(count, -1, np.int64)
    held[found.rows] = found.values
    return held


def writer_type(schema: AvroSchema) -> WriterType | None:
    """How a schema writes; None where its records can't be read in columns."""
    try:
        return read_writer_type(schema)
    except WriterSchemaError:
        return None
