"""Of the ledger what is asked for and nothing else: a million entries as Python values take a gigabyte and a minute."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from tidegate.avro.leading_fields import Buffer, Ints
from tidegate.avro.records import WriterSchemas
from tidegate.avro.writer_types import WriterType
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.clients.ledger import LedgerCodec
from tidegate.clients.ledger_columns import by_schema, numbers_of, texts_of, writer_type
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.audit_topics import LEDGER_TOPIC
from tidegate.dead_letters.ledger import Entry, Place, State
from tidegate.settings import Settings

_STATES = {state.value.encode(): state for state in State}
_ID, _DATASET, _STATE = "dead_letter_id", "dataset", "state"
_PARTITION, _OFFSET = "copy.partition", "copy.offset"
_OFFSET_BITS = 44
"""Of a place as one number: more than any topic has."""
_Number = TypeVar("_Number", int, Ints)
Schemas = WriterSchemas[WriterType]


def read_states(settings: Settings, dataset: str) -> dict[str, State]:
    """What the ledger says of each letter of a dataset of which it says anything.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    found: dict[str, State] = {}
    schemas, named = _schemas(settings), dataset.encode()
    for values in _batches(settings, named):
        found.update(_states(values, schemas, named))
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
    about = _About(
        frozenset(map(str.encode, names)), np.array(sorted({_place(*each[1:]) for each in places}), np.int64)
    )
    found: dict[str, Entry] = {}
    for values in _batches(settings, dataset.encode()):
        for row in _rows_about(values, schemas, about):
            entry = codec.decode(values[row])
            if entry is None or entry.dataset != dataset:
                continue
            if entry.dead_letter_id in names or entry.copy in places:
                found[entry.dead_letter_id] = entry
    return found


class _About(NamedTuple):
    """What is looked for: letters by their ids, and copies by their places, each as one number."""

    ids: frozenset[bytes]
    places: Ints


def _states(values: Sequence[bytes], schemas: Schemas, dataset: bytes) -> Iterator[tuple[str, State]]:
    """In the order of the records, so that the newest of a letter comes last."""
    parts = []
    for rows, some, columns in by_schema(Buffer.of(values), schemas, (_ID, _DATASET, _STATE)):
        texts = [texts_of(some.data, columns.found[name], len(rows)) for name in (_ID, _DATASET, _STATE)]
        mine = np.flatnonzero(columns.readable & (texts[1] == dataset))
        parts += [*zip(rows[mine].tolist(), texts[0][mine].tolist(), texts[2][mine].tolist(), strict=True)]
    for _, letter, state in sorted(parts):
        if state in _STATES:
            yield letter.decode(), _STATES[state]


def _rows_about(values: Sequence[bytes], schemas: Schemas, wanted: _About) -> list[int]:
    """The records that are of one of the letters, or name a copy at one of the places, in their order."""
    about: list[int] = []
    for rows, some, columns in by_schema(Buffer.of(values), schemas, (_ID, _PARTITION, _OFFSET)):
        letters = texts_of(some.data, columns.found[_ID], len(rows)).tolist()
        is_named = np.fromiter((letter in wanted.ids for letter in letters), np.bool_, len(letters))
        if len(wanted.places):
            partition, offset = (numbers_of(columns.found[name], len(rows)) for name in (_PARTITION, _OFFSET))
            is_named |= np.isin(_place(partition, offset), wanted.places)
        about += rows[is_named].tolist()
    return sorted(about)


def _place(partition: _Number, offset: _Number) -> _Number:
    """As one number; places of other topics have the same."""
    return (partition << _OFFSET_BITS) + offset


def _batches(settings: Settings, dataset: bytes) -> Iterator[list[bytes]]:
    """The entries that name the dataset somewhere; those of others, most of them, are not looked into."""
    for batch in read_batches(Scan(settings, LEDGER_TOPIC, topic_spans(settings, LEDGER_TOPIC))):
        if values := [value for value in batch.values if dataset in value]:
            yield values


def _schemas(settings: Settings) -> Schemas:
    return WriterSchemas(RegistryClient(settings).by_id, writer_type)
