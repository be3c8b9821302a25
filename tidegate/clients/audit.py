"""Who had what done: the topic ``audit.actions``, which is only ever added to."""

import getpass
import socket
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from confluent_kafka import Producer

from tidegate.avro.codec import Encoder
from tidegate.avro.records import decode_record, plain_schemas
from tidegate.clients import connection
from tidegate.clients.audit_topics import audit_encoder
from tidegate.clients.kafka_offsets import Spans, topic_spans
from tidegate.clients.kafka_records import Scan, read_batches
from tidegate.clients.outage import KAFKA, outage
from tidegate.clients.registry import RegistryClient
from tidegate.clock import now_ms
from tidegate.contracts.audit_topics import ACTIONS_TOPIC
from tidegate.settings import Settings

Phase = Literal["begun", "entries", "ended"]
_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Action:
    """Something done for a person; ``at`` is in ms since the epoch, its records have one ``action_id``.

    ``entries``: of the phase of this name, the digests of ledger entries by letter (see ``dead_letters.told``).
    """

    action_id: str
    at: int
    actor: str
    action: str
    dataset: str
    plan_id: str | None = None
    phase: Phase = "begun"
    counts: Mapping[str, int] = field(default_factory=dict)
    detail: str = ""
    entries: Mapping[str, int] = field(default_factory=dict)


_FIRST_VERSION = {*Action.__slots__} - {"entries"}


def default_actor() -> str:
    """Who runs this command, as the operating system knows them."""
    return f"{getpass.getuser()}@{socket.gethostname()}"


def new_action(action: str, dataset: str, actor: str | None = None, **more: Any) -> Action:
    """One that begins now; ``more`` are fields of :class:`Action`."""
    return Action(uuid.uuid4().hex, now_ms(), actor or default_actor(), action, dataset, **more)


def write_action(settings: Settings, action: Action) -> None:
    """Returns when the record is safe.

    Raises:
        ContractError: the folder of schemas lacks the topic's, or the registry refuses it.
        TransientError: Kafka or the registry is out of reach.
    """
    encoder = audit_encoder(settings, ACTIONS_TOPIC)
    if not tells_entries(encoder):  # so its end can't promise any
        action = replace(action, counts={what: count for what, count in action.counts.items() if what != "entries"})
    value = encoder.encode(asdict(action))
    failures: list[str] = []
    producer = Producer(
        connection.kafka(settings) | {"enable.idempotence": True, "delivery.timeout.ms": int(_WAIT_S * 1000)}
    )
    producer.produce(
        ACTIONS_TOPIC,
        value,
        key=action.action_id.encode(),
        on_delivery=lambda error, _: failures.append(error.str()) if error else None,
    )
    if producer.flush(_WAIT_S + 1) or failures:
        raise outage(KAFKA, settings, failures[0] if failures else "the audit record was not taken")


def tells_entries(encoder: Encoder) -> bool:
    """Whether its schema has a place for ledger entries; the first version of it has none."""
    return "entries" in encoder.field_names


@contextmanager
def audited(settings: Settings, action: Action) -> Iterator[dict[str, int]]:
    """Around what is done: written before it begins and when it has ended, then with the counts put into the value.

    Where it fails, the record of its end says so.
    """
    write_action(settings, action)
    counts: dict[str, int] = {}
    try:
        yield counts
    except BaseException as error:
        detail = f"{action.detail}; it failed: {error or type(error).__name__}"
        write_action(settings, _ended(action, counts, detail))
        raise
    write_action(settings, _ended(action, counts, action.detail))


def _ended(action: Action, counts: dict[str, int], detail: str) -> Action:
    return replace(action, at=now_ms(), phase="ended", counts=counts, detail=detail)


def read_actions(settings: Settings) -> list[Action]:
    """How they began and ended, in their order; none before the first.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    return [action for action in read_records(settings) if action.phase != "entries"]


def read_records(settings: Settings, spans: Spans | None = None, *, committed: bool = True) -> Iterator[Action]:
    """The records of all phases, one by one as they are read, or those at these offsets; what is none is left out.

    Not ``committed``: also what is not committed yet, or was rolled back.

    Raises:
        TransientError: Kafka or the registry is out of reach.
    """
    schemas = plain_schemas(RegistryClient(settings).by_id)
    spans = topic_spans(settings, ACTIONS_TOPIC) if spans is None else spans
    for batch in read_batches(Scan(settings, ACTIONS_TOPIC, spans, committed=committed)):
        for record in (decode_record(value, schemas) for value in batch.values):
            if record is not None and record.keys() >= _FIRST_VERSION:
                yield Action(**{name: record[name] for name in Action.__slots__ if name in record})
