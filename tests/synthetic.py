"""A small dataset whose topics are written by hand, as a right run of the refine job would have left them.

Every test gets a dataset of its own, so that it can tamper with what the proof reads.
"""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from confluent_kafka import Producer

from tests.contracts import PLATFORM
from tidegate.avro.codec import Encoder
from tidegate.clients.registry import RegistryClient
from tidegate.contracts import naming
from tidegate.contracts.dataset import Stream
from tidegate.contracts.load import load_stream, platform_schema
from tidegate.dead_letters.record import Source, dead_letter_id
from tidegate.registration.register import register_all
from tidegate.settings import Settings

Record = dict[str, Any]
Kind = Literal["silver", "decode", "rule", "dropped", "duplicate"]
CYCLE: tuple[Kind, ...] = ("silver", "silver", "decode", "silver", "dropped", "duplicate", "rule")
PARTITIONS = 2
EVENT_TIME_MS = 1_763_700_000_000
ENVELOPE = [
    {"name": "_source_topic", "type": "string"},
    {"name": "_ingested_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
    {"name": "_schema_id", "type": "int"},
    {"name": "_warnings", "type": {"type": "array", "items": "string"}, "default": []},
]
COLUMNS = [
    {"name": "event_id", "type": "string"},
    {"name": "event_time", "type": {"type": "long", "logicalType": "timestamp-millis"}},
    {"name": "note", "type": ["null", "string"], "default": None},
]
COORDINATES = [{"name": "_source_partition", "type": "int"}, {"name": "_source_offset", "type": "long"}]


@dataclass
class Written:
    """What the outputs will hold: change it before ``write_outputs``."""

    silver: list[Record] = field(default_factory=list)
    dead_letter: list[Record] = field(default_factory=list)
    dropped: list[Record] = field(default_factory=list)

    def silver_at(self, partition: int, offset: int) -> Record:
        """The silver row of one raw record."""
        return next(
            row for row in self.silver if (row["_source_partition"], row["_source_offset"]) == (partition, offset)
        )


class SyntheticDataset:
    """Contract, topics and subjects of a dataset, and what to write into them."""

    def __init__(self, settings: Settings, schemas_dir: Path, name: str, **sections: Any) -> None:
        write_contract(schemas_dir, name, settings.schemas_dir, **sections)
        self.settings = settings.model_copy(update={"schemas_dir": schemas_dir})
        self.dataset: Stream = load_stream(schemas_dir, name)
        register_all(self.settings, schemas_dir, [name])
        contract = self.dataset.contract
        self.raw = self._encoder(contract.topic.name, self.dataset.latest)
        self.silver = self._encoder(contract.silver_topic, self.dataset.silver)
        self.dead_letter = self._encoder(contract.dead_letter_topic, platform_schema(schemas_dir, "dead_letter"))
        self.dropped = self._encoder(contract.dropped_topic, platform_schema(schemas_dir, "dropped"))

    def write_raw(self, rounds: int) -> Written:
        """Writes ``rounds`` cycles of records into each raw partition; returns what a right run makes of them."""
        written = Written()
        values: list[tuple[int, bytes]] = []
        for partition in range(PARTITIONS):
            for offset, kind in enumerate(CYCLE * rounds):
                event_id = f"{partition}-{offset - 2 if kind == 'duplicate' else offset}"
                value = self.raw.encode({"event_id": event_id, "event_time": EVENT_TIME_MS, "note": None})
                values.append((partition, value[:-1] if kind == "decode" else value))
                self._expect(written, kind, (partition, offset), event_id)
        self.send(self.dataset.contract.topic.name, values)
        return written

    def write_outputs(self, written: Written) -> None:
        """Writes silver, dead letters and dropped records, in one committed transaction each."""
        contract = self.dataset.contract
        self.send(contract.silver_topic, spread(map(self.silver.encode, written.silver)))
        self.send(contract.dead_letter_topic, spread(map(self.dead_letter.encode, written.dead_letter)))
        self.send(contract.dropped_topic, spread(map(self.dropped.encode, written.dropped)))

    def send(self, topic: str, values: Iterable[tuple[int, bytes]], *, commit: bool = True) -> None:
        """Writes values to partitions of a topic in a transaction, which is then committed or aborted."""
        producer = Producer(
            {"bootstrap.servers": self.settings.kafka_bootstrap_servers, "transactional.id": f"synthetic-{topic}"}
        )
        producer.init_transactions(30)
        producer.begin_transaction()
        for partition, value in values:
            producer.produce(topic, value, partition=partition)
        assert producer.flush(30) == 0
        if commit:
            producer.commit_transaction(30)
        else:
            producer.abort_transaction(30)

    def dead_letter_record(self, stage: str, code: str, partition: int, offset: int) -> Record:
        """A dead letter of the raw record at these coordinates."""
        topic = self.dataset.contract.topic.name
        return {
            "dead_letter_id": dead_letter_id(Source(topic, partition, offset), stage),
            "failed_at": EVENT_TIME_MS,
            "first_failed_at": EVENT_TIME_MS,
            "dataset": self.dataset.name,
            "stage": stage,
            "error_code": code,
            "error_message": "made by a test",
            "violations": [],
            "retryable": False,
            "attempt": 1,
            "processor": {"name": "refine", "version": "0", "job_id": None},
            "contract": {"subject": naming.subject(topic), "schema_id": None},
            "source": {"topic": topic, "partition": partition, "offset": offset, "timestamp": EVENT_TIME_MS},
            "source_file": None,
            "payload": b"",
            "payload_encoding": "avro-confluent",
            "payload_sha256": None,
            "payload_truncated": False,
            "replay_id": None,
        }

    def _expect(self, written: Written, kind: Kind, place: tuple[int, int], event_id: str) -> None:
        partition, offset = place
        topic = self.dataset.contract.topic.name
        if kind == "silver":
            row = {"_source_partition": partition, "_source_offset": offset, "_source_topic": topic}
            event = {"event_id": event_id, "event_time": EVENT_TIME_MS, "note": None}
            written.silver.append({**row, **event, "_ingested_at": EVENT_TIME_MS, "_schema_id": 1, "_warnings": []})
        elif kind == "decode":
            written.dead_letter.append(self.dead_letter_record("decode", "TRUNCATED", *place))
        elif kind == "rule":
            written.dead_letter.append(self.dead_letter_record("rule", "RULE_VIOLATED", *place))
        elif kind == "dropped":
            row = {"source_partition": partition, "source_offset": offset, "source_topic": topic}
            written.dropped.append({**row, "source_timestamp": EVENT_TIME_MS, "rule": "no_heartbeats"})

    def _encoder(self, topic: str, schema: dict[str, Any]) -> Encoder:
        with RegistryClient(self.settings) as registry:
            return Encoder(schema, registry.latest(naming.subject(topic)).schema_id)


def spread(values: Iterable[bytes]) -> list[tuple[int, bytes]]:
    """Values over the partitions in turn: outputs need not keep the raw partition."""
    return [(number % PARTITIONS, value) for number, value in enumerate(values)]


def write_contract(schemas_dir: Path, name: str, real_schemas_dir: Path, **sections: Any) -> None:
    """The dataset's folder; ``sections`` of the contract are added, or put in the place of those of the same name."""
    folder = schemas_dir / name
    folder.mkdir(parents=True)
    contract = {
        "dataset": name,
        "owner": "tests",
        "description": "records written by hand",
        "topic": {"name": f"raw.{name}", "partitions": PARTITIONS},
        "event_time": {"field": "event_time"},
        "identity": ["event_id"],
        "index": {"pattern": f"events-{name}-{{event_time|yyyy.MM.dd}}"},
    }
    raw = {"type": "record", "name": "Raw", "fields": COLUMNS}
    silver = {"type": "record", "name": "Silver", "fields": [*COORDINATES, *COLUMNS, *ENVELOPE]}
    (folder / "contract.yaml").write_text(json.dumps(contract | sections))
    (folder / "v1.avsc").write_text(json.dumps(raw))
    (folder / "silver.avsc").write_text(json.dumps(silver))
    (folder / "refine.sql").write_text("select * from validated")
    for platform in PLATFORM:
        shutil.copytree(real_schemas_dir / platform, schemas_dir / platform)
