"""The ledger of dead letters: its entries as Kafka records, and the newest of each letter."""

from functools import cached_property

from tidegate.avro.codec import Encoder
from tidegate.avro.records import decode_record, plain_schemas
from tidegate.clients.audit_topics import audit_encoder
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.audit_topics import LEDGER_TOPIC
from tidegate.dead_letters.ledger import Entry, as_record, from_record
from tidegate.settings import Settings


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
        return LEDGER_TOPIC, entry.dead_letter_id.encode(), self._encoder.encode(as_record(entry))

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


def read_ledger(settings: Settings, dataset: str | None = None) -> dict[str, Entry]:
    """The newest committed entry of each letter, of one dataset or all; none before the first.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    codec = LedgerCodec(settings)
    found: dict[str, Entry] = {}
    for batch in read_batches(Scan(settings, LEDGER_TOPIC, topic_spans(settings, LEDGER_TOPIC))):
        for value in batch.values:
            entry = codec.decode(value)
            if entry is not None and dataset in (None, entry.dataset):
                found[entry.dead_letter_id] = entry
    return found
