"""A small dataset on a broker inside the process: raw and outputs are written by hand, before a proof or during it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import SecretStr

from tests.broker import PARTITIONS, Broker
from tests.contracts import SCHEMAS
from tests.synthetic import EVENT_TIME_MS, write_contract
from tidegate.avro.codec import Encoder
from tidegate.avro.types import AvroSchema
from tidegate.clients import audit, ledger, ledger_columns
from tidegate.clients.audit import Action, Phase, new_action
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.contracts.audit_topics import ACTIONS_SCHEMA, ACTIONS_TOPIC, LEDGER_SCHEMA, LEDGER_TOPIC
from tidegate.contracts.load import load_stream, platform_schema
from tidegate.dead_letters import redriven
from tidegate.dead_letters.ledger import Entry, Outcome, Place, State, as_record
from tidegate.dead_letters.record import Source, dead_letter_id
from tidegate.dead_letters.told import digest
from tidegate.proof import earlier_letters, letter_reader, record_reader, retention_reader, taken
from tidegate.proof.topics import Beginnings, TopicEvidence
from tidegate.proof.window import Window
from tidegate.proof.workers import Workers

NAME = "probe"
KEY = "the redriver's key"
RULE = {"cleanup.policy": "delete", "retention.ms": "3600000", "retention.bytes": "-1"}
LINES = {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "Line", "fields": [
    {"name": "article", "type": "string"}]}}}  # fmt: skip


class HandWritten:
    """Its records have an identity ``event_id``; with ``explode`` each is a row per item of ``lines``."""

    def __init__(self, broker: Broker, folder: Path, patch: pytest.MonkeyPatch, *, explode: bool = False) -> None:
        write_contract(folder, NAME, SCHEMAS)
        if explode:
            _explode(folder / NAME)
        self.settings = broker.settings.model_copy(update={"schemas_dir": folder, "redrive_key": SecretStr(KEY)})
        self.dataset = load_stream(folder, NAME)
        self.contract = self.dataset.contract
        self._broker = broker
        letter, dropped = (platform_schema(folder, name) for name in ("dead_letter", "dropped"))
        state, action = (platform_schema(SCHEMAS, name) for name in (LEDGER_SCHEMA, ACTIONS_SCHEMA))
        self._schemas: dict[int, AvroSchema] = dict(
            enumerate([self.dataset.latest, self.dataset.silver, letter, dropped, state, action], 1)
        )
        self._raw, self._silver, self._letter, self._dropped, self._state, self._action = (
            Encoder(schema, number) for number, schema in self._schemas.items()
        )
        for module in (record_reader, letter_reader, earlier_letters, taken, ledger, ledger_columns, audit):
            patch.setattr(module, "RegistryClient", lambda *_: _Registry(self._schemas))
        patch.setattr(retention_reader, "topic_settings", lambda _, topics: dict.fromkeys(topics, RULE))

    def raw(self, *identities: str, lines: int = 0) -> None:
        """Records of partition 0; one whose identity ends in ``!`` is cut short."""
        self.send(self.contract.topic.name, (self._raw_value(identity, lines) for identity in identities))

    def silver(self, *rows: tuple[int, str], **others: Any) -> None:
        """Rows of raw records of partition 0: offset and identity."""
        self.send(self.contract.silver_topic, self.silver_values(*rows, **others))

    def silver_values(self, *rows: tuple[int, str], **others: Any) -> list[bytes]:
        """The same rows as bytes."""
        records = [
            {"_source_partition": 0, "_source_offset": offset, "_source_topic": "", "event_id": identity}
            | {"event_time": EVENT_TIME_MS, "note": None, "_ingested_at": EVENT_TIME_MS, "_schema_id": 1}
            | {"_warnings": [], **others}
            for offset, identity in rows
        ]
        return [*map(self._silver.encode, records)]

    def next_version(self) -> None:
        """From now on silver is of the next version."""
        self.dataset = self.dataset.of_silver_version(self.contract.silver_version + 1)
        self.contract = self.dataset.contract

    def letter(
        self, stage: str, offset: int, topic: str | None = None, row: int | None = None, payload: bytes | None = None
    ) -> None:
        """The dead letter of a record of partition 0, of raw unless another topic is said."""
        digest = None if payload is None else sha256(payload).hexdigest()
        source = {"topic": topic or self.contract.topic.name, "partition": 0, "offset": offset, "timestamp": 0}
        record = {
            **{
                "dead_letter_id": self.letter_id(offset, stage),
                "failed_at": 0,
                "first_failed_at": 0,
                "dataset": NAME,
                "stage": stage,
            },
            **{"error_code": "SOME_CODE", "error_message": "", "violations": [], "retryable": False, "attempt": 1},
            **{"processor": {"name": "", "version": ""}, "contract": {"subject": ""}, "source_file": None},
            **{"source": source | {"row": row}, "payload": payload, "payload_sha256": digest},
            **{"payload_encoding": "", "payload_truncated": False},
        }
        self.send(self.contract.dead_letter_topic, [self._letter.encode(record)])

    def letter_id(self, offset: int, stage: str = "rule") -> str:
        """The id of the letter of a raw record of partition 0."""
        return dead_letter_id(Source(self.contract.topic.name, 0, offset), stage)

    def copy(self, identity: str, origin: int, attempt: int = 1, key: str = KEY) -> None:
        """The redriven copy of a record of partition 0, there too, signed with this key."""
        topic = self.contract.topic.name
        of = redriven.Redriven(redriven.Origin(topic, 0, origin, self.letter_id(origin)), attempt, "plan", 0, 0)
        value = self._raw_value(identity, 0)
        self._broker.send(topic, [(0, value)], headers=[redriven.marked([], of, value, key)])

    def record(
        self,
        letter: str,
        source: int,
        copy: int | None = None,
        state: State = State.RESOLVED,
        outcome: Outcome | None = None,
    ) -> None:
        """An entry of the ledger for the letter of a record of partition 0."""
        self._enter(self._entry(letter, source, copy, state)._replace(outcome=outcome))

    def decide(self, state: State, *sources: int, lost: Iterable[int | Phase] = (), at: int = 0) -> Action:
        """A person's action on the letters of these records of partition 0, without what is lost of it."""
        action = replace(new_action(state.value, NAME, "anna@desk"), at=at)
        entries = [
            self._entry(self.letter_id(source), source, None, state)._replace(action_id=action.action_id, changed_at=at)
            for source in sources
        ]
        told = {each.dead_letter_id: digest(self._state.encode(as_record(each))) for each in entries}
        for phase in get_args(Phase):
            counts = {"entries": len(entries)} if phase == "ended" else {}
            record = replace(action, phase=phase, counts=counts, entries=told if phase == "entries" else {})
            self.send(ACTIONS_TOPIC, [] if phase in lost else [self._action.encode(asdict(record))])
        for entry in entries:
            self._enter(entry) if entry.source.offset not in lost else None
        return action

    def _entry(self, letter: str, source: int, copy: int | None, state: State) -> Entry:
        topic = self.contract.topic.name
        of_letter, of_source = Place(self.contract.dead_letter_topic, 0, 0), Place(topic, 0, source)
        copied = None if copy is None else Place(topic, 0, copy)
        return Entry(letter, NAME, state, of_letter, of_source, 0, "anna@desk", copy=copied)

    def _enter(self, entry: Entry) -> None:
        value = self._state.encode(as_record(entry))
        self._broker.send(LEDGER_TOPIC, [(0, value)], entry.dead_letter_id.encode())

    def dropped(self, offset: int) -> None:
        """A dropped record of partition 0."""
        place = {"source_partition": 0, "source_offset": offset, "source_topic": "", "source_timestamp": 0}
        self.send(self.contract.dropped_topic, [self._dropped.encode(place | {"rule": "r"})])

    def send(self, topic: str, values: Iterable[bytes]) -> None:
        """Any bytes into partition 0 of a topic."""
        self._broker.send(topic, [(0, value) for value in values])

    def evidence(
        self,
        beginnings: Beginnings | None = None,
        partitions: int = PARTITIONS,
        windows: list[Window] | None = None,
    ) -> TopicEvidence:
        """What the topics hold now, for all of raw, or as if it had fewer partitions, or for these windows."""
        spans = topic_spans(self.settings, self.contract.topic.name)
        windows = windows or [
            Window(number, low, high, high) for number, (low, high) in spans.items() if number < partitions
        ]
        return TopicEvidence(self.settings, self.dataset, windows, Workers(1), beginnings or Beginnings())

    def _raw_value(self, identity: str, lines: int) -> bytes:
        record: dict[str, Any] = {"event_id": identity, "event_time": EVENT_TIME_MS, "note": None}
        items = {"lines": [{"article": "a"}] * lines} if lines else {}
        value = self._raw.encode(record | items)
        return value[:-1] if identity.endswith("!") else value


class _Registry:
    def __init__(self, schemas: Mapping[int, AvroSchema]) -> None:
        self.by_id = schemas.get


def _explode(folder: Path) -> None:
    """The same dataset, whose records have an array of lines, each a row of silver."""
    contract = json.loads((folder / "contract.yaml").read_text()) | {"explode": {"field": "lines", "position": "line"}}
    (folder / "contract.yaml").write_text(json.dumps(contract))
    for name, fields in (("v1", [LINES]), ("silver", [{"name": "line", "type": "int"}])):
        schema = json.loads((folder / f"{name}.avsc").read_text())
        place = next(at for at, field in enumerate(schema["fields"]) if field["name"] == "event_id") + 1
        at = place if name == "silver" else len(schema["fields"])
        schema["fields"][at:at] = fields
        (folder / f"{name}.avsc").write_text(json.dumps(schema))
