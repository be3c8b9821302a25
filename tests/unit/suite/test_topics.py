"""Reading topics in tests: each record once in a wait, and of what others left only what is recent."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests import topics
from tests.broker import PARTITIONS, Broker
from tests.topics import FOREIGN, read_committed, wait_for_records
from tidegate.avro.codec import Encoder, decode
from tidegate.clients.kafka_offsets import Spans, topic_spans
from tidegate.settings import Settings

TOPIC = "silver.visits"
SCHEMA: dict[str, Any] = {
    "type": "record",
    "name": "Row",
    "fields": [{"name": "_source_partition", "type": "int"}, {"name": "_source_offset", "type": "long"}],
}


@pytest.fixture
def broker() -> Iterator[Broker]:
    made = Broker()
    yield made
    made.stop()


def row(offset: int, partition: int = 0) -> bytes:
    return Encoder(SCHEMA, 1).encode({"_source_partition": partition, "_source_offset": offset})


def test_all_records_but_those_of_no_schema_are_read(broker: Broker) -> None:
    broker.send(TOPIC, [(0, row(1)), (0, FOREIGN), (3, row(2, 1))])

    found = read_committed(broker.settings, TOPIC, SCHEMA)

    assert sorted(each["_source_offset"] for each in found) == [1, 2]


def test_a_wait_reads_each_recent_record_once_until_the_last_wanted_one_came(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker.send(TOPIC, [(0, row(5)), (0, row(6)), (1, row(7, 1)), (1, row(8))])
    decoded: list[bytes] = []
    coming = iter([[(2, row(9, 1))], [(2, row(9)), (0, row(10))]])

    def noted(value: bytes, schema: dict[str, Any]) -> dict[str, Any]:
        decoded.append(value)
        return decode(value, schema)

    def spans(settings: Settings, topic: str) -> Spans:
        broker.send(TOPIC, next(coming, []))
        return topic_spans(settings, topic)

    monkeypatch.setattr(topics, "decode", noted)
    monkeypatch.setattr(topics, "topic_spans", spans)
    monkeypatch.setattr(topics, "offsets_at", lambda *_: {**dict.fromkeys(range(PARTITIONS), 0), 0: 1})

    found = wait_for_records(broker.settings, TOPIC, SCHEMA, {6, 8, 9}, timeout_s=10)

    assert sorted(found) == [6, 8, 9]
    assert sorted(decoded) == sorted([row(6), row(7, 1), row(8), row(9, 1), row(9), row(10)])
