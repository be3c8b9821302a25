"""What a reference topic holds now: each key's newest state, and since when."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from tidegate.avro.contract_records import ContractReader
from tidegate.avro.frame import body_of
from tidegate.clients.kafka_offsets import end_offsets
from tidegate.clients.kafka_records import read_messages, schema_header
from tidegate.clients.registry import RegistryClient
from tidegate.contracts import naming
from tidegate.contracts.dataset import Reference
from tidegate.settings import Settings

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Known(NamedTuple):
    """A key's newest state: since when it holds, and its Avro body, None if nobody asked for it."""

    since: datetime
    body: bytes | None


def read_known(settings: Settings, dataset: Reference, with_body: Collection[str]) -> dict[str, Known]:
    """Each key's newest state, with the body of the keys ``with_body``; a deleted key is left out.

    So is one whose newest record no job can read, or which has no time: its state is as good as unknown, and is sent
    again.

    Raises:
        TransientError: Kafka or the registry does not answer.
        TidegateError: there is no such topic.
    """
    topic = dataset.contract.topic.name
    filled = [number for number, end in end_offsets(settings, topic).items() if end]
    known: dict[str, Known] = {}
    reader = ContractReader(RegistryClient(settings), dataset.raw_type)
    for message in read_messages(settings, naming.LOAD_GROUP, topic, filled):
        key = (message.key() or b"").decode("utf-8", errors="replace")
        value, header = message.value(), schema_header(message)
        since = _since(reader.read_or_none(value, header), dataset)
        if value is None or since is None:
            known.pop(key, None)
        else:
            body = value if header is not None else body_of(value)
            known[key] = Known(since, body if key in with_body else None)
    return known


def _since(record: Mapping[str, Any] | None, dataset: Reference) -> datetime | None:
    """The time of a state; None for one that has none, or a time that no calendar has."""
    name = dataset.contract.event_time.field
    moment = None if record is None else record.get(name)
    per_second = 1_000 if dataset.raw_fields[name].type.kind == "timestamp-millis" else 1_000_000
    try:
        return None if moment is None else _EPOCH + timedelta(seconds=moment / per_second)
    except OverflowError:
        return None
