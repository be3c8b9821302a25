"""Of the ledger what is asked for and nothing else: a million entries as Python values take a gigabyte and a minute."""

from collections.abc import Collection, Iterator

import numpy as np

from tidegate.avro.leading_fields import Buffer, Ints
from tidegate.avro.records import WriterSchemas
from tidegate.avro.writer_types import WriterType
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.kafka_records import Batch, Scan, read_batches
from tidegate.clients.ledger import LedgerCodec
from tidegate.clients.ledger_columns import by_schema, numbers_of, texts_of, writer_type
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.audit_topics import LEDGER_TOPIC
from tidegate.dead_letters.ledger import Entry, Place, State
from tidegate.settings import Settings

_STATES = {state.value.encode(): state for state in State}
_ID, _DATASET, _STATE = "dead_letter_id", "dataset", "state"
_OFFSET = "copy.offset"
Schemas = WriterSchemas[WriterType]


def read_states(settings: Settings, dataset: str) -> dict[str, State]:
    """What the ledger says of each letter of a dataset of which it says anything.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    found: dict[str, State] = {}
    schemas = _schemas(settings)
    for batch in _batches(settings):
        found.update(_states(batch, schemas, dataset.encode()))
    return found


def read_entries(
    settings: Settings, dataset: str, letters: Collection[str], copies: Collection[Place] = frozenset()
) -> dict[str, Entry]:
    """The newest entries of these letters, and of those whose copies lie at these places.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    codec, schemas = LedgerCodec(settings), _schemas(settings)
    names, places = frozenset(letters), frozenset(copies)
    ids, offsets = frozenset(map(str.encode, names)), np.array(sorted({place.offset for place in places}), np.int64)
    found: dict[str, Entry] = {}
    for batch in _batches(settings):
        for row in _rows_about(batch, schemas, ids, offsets):
            entry = codec.decode(batch.values[row])
            if entry is None or entry.dataset != dataset:
                continue
            if entry.dead_letter_id in names or entry.copy in places:
                found[entry.dead_letter_id] = entry
    return found


def _states(batch: Batch, schemas: Schemas, dataset: bytes) -> Iterator[tuple[str, State]]:
    """In the order of the records, so that the newest of a letter comes last."""
    parts = []
    for rows, some, columns in by_schema(Buffer.of(batch.values), schemas, (_ID, _DATASET, _STATE)):
        texts = [texts_of(some.data, columns.found[name], len(rows)) for name in (_ID, _DATASET, _STATE)]
        mine = np.flatnonzero(columns.readable & (texts[1] == dataset))
        parts += [*zip(rows[mine].tolist(), texts[0][mine].tolist(), texts[2][mine].tolist(), strict=True)]
    for _, letter, state in sorted(parts):
        if state in _STATES:
            yield letter.decode(), _STATES[state]


def _rows_about(batch: Batch, schemas: Schemas, ids: frozenset[bytes], offsets: Ints) -> list[int]:
    """The records that are of one of the letters, or name a copy at one of these offsets, in their order."""
    about: list[int] = []
    for rows, some, columns in by_schema(Buffer.of(batch.values), schemas, (_ID, _OFFSET)):
        letters = texts_of(some.data, columns.found[_ID], len(rows)).tolist()
        is_named = np.fromiter((letter in ids for letter in letters), np.bool_, len(letters))
        if len(offsets):
            is_named |= np.isin(numbers_of(columns.found[_OFFSET], len(rows)), offsets)
        about += rows[is_named].tolist()
    return sorted(about)


def _batches(settings: Settings) -> Iterator[Batch]:
    return read_batches(Scan(settings, LEDGER_TOPIC, topic_spans(settings, LEDGER_TOPIC)))


def _schemas(settings: Settings) -> Schemas:
    return WriterSchemas(RegistryClient(settings).by_id, writer_type)
