"""What a reference topic holds now: each key's newest state, and since when."""

import time
from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from producers.topic import end_offsets
from tidegate.avro.frame import body_of
from tidegate.avro.records import WriterSchemas, decode_record, parsed_schemas
from tidegate.clients.registry import RegistryClient
from tidegate.contracts import naming
from tidegate.contracts.load import Dataset
from tidegate.errors import TidegateError, TransientError
from tidegate.settings import Settings

_BATCH = 5000
_POLL_S = 0.2
_STALL_S = 30.0


class Known(NamedTuple):
    """A key's newest state: since when it holds, and its Avro body, None if nobody asked for it."""

    since: datetime
    body: bytes | None


def read_known(settings: Settings, dataset: Dataset, with_body: Collection[str]) -> dict[str, Known]:
    """Each key's newest state, with the body of the keys ``with_body``; a deleted key is left out.

    Raises:
        TransientError: Kafka or the registry does not answer.
        TidegateError: there is no such topic, or it holds a record that is no state.
    """
    topic = dataset.contract.topic.name
    ends = {number: end for number, end in end_offsets(settings.kafka_bootstrap_servers, topic).items() if end}
    consumer = Consumer(
        {
            "bootstrap.servers": settings.kafka_bootstrap_servers,
            "group.id": naming.LOAD_GROUP,
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "isolation.level": "read_committed",
            "log_level": 2,
        }
    )
    known: dict[str, Known] = {}
    schemas = parsed_schemas(RegistryClient(settings.registry_url).by_id)
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
                    known.pop(key, None)
                else:
                    body = body_of(value) if key in with_body else None
                    known[key] = Known(_time_of(value, schemas, dataset), body)
    finally:
        consumer.close()
    return known


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
