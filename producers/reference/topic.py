"""What a reference topic holds now: each key's newest state, and since when."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from tidegate.avro.frame import body_of
from tidegate.avro.records import WriterSchemas, decode_record, parsed_schemas
from tidegate.clients.kafka_offsets import end_offsets
from tidegate.clients.kafka_records import read_messages
from tidegate.clients.registry import RegistryClient
from tidegate.contracts import naming
from tidegate.contracts.dataset import Reference
from tidegate.errors import TidegateError
from tidegate.settings import Settings


class Known(NamedTuple):
    """A key's newest state: since when it holds, and its Avro body, None if nobody asked for it."""

    since: datetime
    body: bytes | None


def read_known(settings: Settings, dataset: Reference, with_body: Collection[str]) -> dict[str, Known]:
    """Each key's newest state, with the body of the keys ``with_body``; a deleted key is left out.

    Raises:
        TransientError: Kafka or the registry does not answer.
        TidegateError: there is no such topic, or it holds a record that is no state.
    """
    topic = dataset.contract.topic.name
    filled = [number for number, end in end_offsets(settings, topic).items() if end]
    known: dict[str, Known] = {}
    schemas = parsed_schemas(RegistryClient(settings).by_id)
    for message in read_messages(settings, naming.LOAD_GROUP, topic, filled):
        key = (message.key() or b"").decode("utf-8", errors="replace")
        value = message.value()
        if value is None:
            known.pop(key, None)
        else:
            body = body_of(value) if key in with_body else None
            known[key] = Known(_time_of(value, schemas, dataset), body)
    return known


def _time_of(value: bytes, schemas: WriterSchemas[Any], dataset: Reference) -> datetime:
    record = decode_record(value, schemas)
    moment = None if record is None else record.get(dataset.contract.event_time.field)
    if not isinstance(moment, datetime):
        raise TidegateError(
            f"{dataset.contract.topic.name} holds a record that is no state.", remedy="Find out who wrote it."
        )
    return moment
