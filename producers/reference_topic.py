"""What a reference topic holds now: since when each key has its newest state."""

import time
from datetime import datetime
from typing import Any

import fastavro
from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from producers.topic import end_offsets
from tidegate.contracts.load import Dataset
from tidegate.errors import TidegateError, TransientError
from tidegate.proof.record_reader import WriterSchemas, decode_record
from tidegate.settings import Settings

_BATCH = 5000
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
    schemas: WriterSchemas[Any] = WriterSchemas(settings.registry_url, fastavro.parse_schema)
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
                    versions[key] = _time_of(value, schemas, dataset)
    finally:
        consumer.close()
    return versions


def _time_of(value: bytes, schemas: WriterSchemas[Any], dataset: Dataset) -> datetime:
    record = decode_record(value, schemas)
    moment = None if record is None else record.get(dataset.contract.event_time.field)
    if not isinstance(moment, datetime):
        raise TidegateError(
            f"{dataset.contract.topic.name} holds a record that is no state.", remedy="Find out who wrote it."
        )
    return moment


def _is_end(message: Message) -> bool:
    error = message.error()
    if error is None:
        return False
    if error.code() == KafkaError._PARTITION_EOF:
        return True
    raise TransientError(f"Kafka can't be read: {error.str()}.", remedy="See `tidegate status`.")
