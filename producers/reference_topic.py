"""What a reference topic holds now: since when each key has its newest state."""

import io
import time
from datetime import datetime
from typing import Any

import fastavro
from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from producers.topic import end_offsets
from tidegate.contracts.load import Dataset
from tidegate.contracts.registry import RegistryClient
from tidegate.errors import TidegateError, TransientError
from tidegate.settings import Settings

_BATCH = 5000
_FRAME_BYTES = 5
_POLL_S = 0.2
_STALL_S = 30.0


def read_versions(settings: Settings, dataset: Dataset) -> dict[str, datetime]:
    """The time of each key's newest state; a deleted key is left out.

    Raises:
        TransientError: Kafka or the registry does not answer.
        TidegateError: there is no such topic, or it holds a record that is no state.
    """
    topic = dataset.contract.topic.name
    ends = {number: end for number, end in end_offsets(settings.kafka_bootstrap_servers, topic).items() if end}
    consumer = Consumer(
        {
            "bootstrap.servers": settings.kafka_bootstrap_servers,
            "group.id": "tidegate-load",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
            "log_level": 2,
        }
    )
    versions: dict[str, datetime] = {}
    with RegistryClient(settings.registry_url) as registry:
        times = _Times(registry, dataset)
        try:
            consumer.assign([TopicPartition(topic, number, 0) for number in ends])
            heard_s = time.monotonic()
            while ends:
                messages = consumer.consume(_BATCH, timeout=_POLL_S)
                if messages:
                    heard_s = time.monotonic()
                elif time.monotonic() - heard_s > _STALL_S:
                    raise TransientError(f"Kafka sent nothing of {topic}.", remedy="See `tidegate status`.")
                for message in messages:
                    if _is_end(message):
                        ends.pop(message.partition() or 0, None)
                        continue
                    key = (message.key() or b"").decode("utf-8", errors="replace")
                    value = message.value()
                    if value is None:
                        versions.pop(key, None)
                    else:
                        versions[key] = times.of(value)
        finally:
            consumer.close()
    return versions


class _Times:
    """Reads the time of a state with the schema that it was written with."""

    def __init__(self, registry: RegistryClient, dataset: Dataset) -> None:
        self._registry = registry
        self._field = dataset.contract.event_time.field
        self._topic = dataset.contract.topic.name
        self._schemas: dict[int, Any] = {}

    def of(self, value: bytes) -> datetime:
        schema_id = int.from_bytes(value[1:_FRAME_BYTES], "big")
        if schema_id not in self._schemas:
            schema = self._registry.by_id(schema_id)
            self._schemas[schema_id] = None if schema is None else fastavro.parse_schema(schema)
        schema = self._schemas[schema_id]
        record = schema and fastavro.schemaless_reader(io.BytesIO(value[_FRAME_BYTES:]), schema, None)
        time = record.get(self._field) if isinstance(record, dict) else None
        if not isinstance(time, datetime):
            raise TidegateError(f"{self._topic} holds a record that is no state.", remedy="Find out who wrote it.")
        return time


def _is_end(message: Message) -> bool:
    error = message.error()
    if error is None:
        return False
    if error.code() == KafkaError._PARTITION_EOF:
        return True
    raise TransientError(f"Kafka can't be read: {error.str()}.", remedy="See `tidegate status`.")
