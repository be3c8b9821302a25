"""The ledger of dead letters: its entries as Kafka records, and the newest of each letter."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from functools import cached_property
from itertools import islice

from confluent_kafka import Producer

from tidegate.avro.codec import Encoder
from tidegate.avro.records import decode_record, plain_schemas
from tidegate.clients import connection
from tidegate.clients.audit import Action, tells_entries
from tidegate.clients.audit_topics import audit_encoder
from tidegate.clients.kafka_errors import kafka_errors
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.clients.registry import RegistryClient
from tidegate.clock import now_ms
from tidegate.contracts import naming
from tidegate.contracts.audit_topics import ACTIONS_TOPIC, LEDGER_TOPIC
from tidegate.dead_letters.flights import flight_body, is_flight
from tidegate.dead_letters.ledger import Entry, State, as_record, from_record
from tidegate.dead_letters.told import digest, is_told, named
from tidegate.settings import Settings

_BATCH = 20_000
_TOLD = 10_000
"""Letters of one audit record: half a megabyte."""
_TIMEOUT_S = 60.0


class LedgerCodec:
    """Turns entries into records for any producer, a transactional one too, and back.

    Two entries of one letter keep their order, as their key puts them into one partition: all writers use
    confluent-kafka's own partitioner.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._schemas = plain_schemas(RegistryClient(settings).by_id)

    def encode(self, entry: Entry) -> tuple[str, bytes, bytes]:
        """Topic, key and value; the topic and its schema are there when the first entry is encoded.

        Raises:
            ContractError: the folder of schemas lacks the ledger's, or the registry refuses it.
            TransientError: Kafka or the registry is out of reach.
        """
        key = entry.dead_letter_id.encode()
        if entry.state is State.IN_FLIGHT and is_flight(entry, self._fields):
            return LEDGER_TOPIC, key, self._encoder.frame + flight_body(entry)
        return LEDGER_TOPIC, key, self._encoder.encode(as_record(entry))

    @cached_property
    def _fields(self) -> tuple[str, ...]:
        return tuple(self._encoder.field_names)

    def decode(self, value: bytes) -> Entry | None:
        """The entry in a record's value; None for what is none."""
        record = decode_record(value, self._schemas)
        try:
            return None if record is None else from_record(record)
        except (KeyError, TypeError, ValueError):
            return None

    @cached_property
    def _encoder(self) -> Encoder:
        return audit_encoder(self._settings, LEDGER_TOPIC)


class LedgerRecords:
    """The records of entries as an action writes them: one of the audit goes with them, in the same transaction.

    Without an action nothing is told of them, nor where the audit's schema has no place for it.
    """

    def __init__(self, settings: Settings, action: Action | None) -> None:
        self._codec = LedgerCodec(settings)
        self._settings = settings
        self._action = action
        self.told = 0

    def of(self, entries: Iterable[Entry]) -> Iterator[tuple[str, bytes, bytes]]:
        """Topic, key and value of each, to be written in one transaction."""
        if self._action is None or not tells_entries(self._audit):
            yield from map(self._codec.encode, entries)
            return
        digests: dict[str, int] = {}
        for entry in named(entries, self._action.action_id):
            topic, key, value = self._codec.encode(entry)
            yield topic, key, value
            if is_told(entry):
                digests[entry.dead_letter_id] = digest(value)
            if len(digests) == _TOLD:
                yield self._tell(self._action, digests)
                digests = {}
        if digests:
            yield self._tell(self._action, digests)

    def _tell(self, action: Action, digests: dict[str, int]) -> tuple[str, bytes, bytes]:
        self.told += len(digests)
        record = replace(action, at=now_ms(), phase="entries", counts={}, entries=digests)
        return ACTIONS_TOPIC, action.action_id.encode(), self._audit.encode(asdict(record))

    @cached_property
    def _audit(self) -> Encoder:
        return audit_encoder(self._settings, ACTIONS_TOPIC)


def write_entries(settings: Settings, action: Action, entries: Iterable[Entry]) -> Iterator[int]:
    """Writes entries of the action's dataset in transactions of many, and gives the size of each.

    A second writer of a dataset ends the first.

    Raises:
        TransientError: Kafka is out of reach; what was given before is written.
    """
    records = LedgerRecords(settings, action)
    options = {
        "transactional.id": naming.ledger_writer(action.dataset),
        "transaction.timeout.ms": int(_TIMEOUT_S * 1000),
    }
    producer = Producer(connection.kafka(settings) | options)
    with kafka_errors(settings):
        producer.init_transactions(_TIMEOUT_S)
    left = iter(entries)
    while batch := [*islice(left, _BATCH)]:
        with kafka_errors(settings):
            producer.begin_transaction()
            for topic, key, value in records.of(batch):
                producer.produce(topic, value, key=key)
                producer.poll(0)
            producer.commit_transaction(_TIMEOUT_S)
        yield len(batch)


def history(settings: Settings, dead_letter_id: str) -> list[Entry]:
    """All committed entries of a letter that compaction has left, in their order.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    codec = LedgerCodec(settings)
    wanted = dead_letter_id.encode()
    scan = Scan(settings, LEDGER_TOPIC, topic_spans(settings, LEDGER_TOPIC))
    values = (value for batch in read_batches(scan) for value in batch.values if wanted in value)
    entries = [entry for entry in map(codec.decode, values) if entry is not None]
    return [entry for entry in entries if entry.dead_letter_id == dead_letter_id]


def read_ledger(settings: Settings, dataset: str | None = None) -> dict[str, Entry]:
    """The newest committed entry of each letter, of one dataset or all; none before the first.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    codec = LedgerCodec(settings)
    named = (dataset or "").encode()
    found: dict[str, Entry] = {}
    for batch in read_batches(Scan(settings, LEDGER_TOPIC, topic_spans(settings, LEDGER_TOPIC))):
        for value in batch.values:
            entry = codec.decode(value) if named in value else None  # those of others are most of them
            if entry is not None and dataset in (None, entry.dataset):
                found[entry.dead_letter_id] = entry
    return found
