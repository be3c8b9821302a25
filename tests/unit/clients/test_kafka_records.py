"""Whole topics are read up to a fixed end; transactions and retention are met in tests/stack/test_prove_topics.py."""

import pytest

from tests.broker import Broker
from tidegate.clients import kafka_records
from tidegate.clients.kafka_records import Scan, read_batches, read_messages
from tidegate.errors import TransientError
from tidegate.settings import Settings

TOPIC = "silver.clicks"


def found(scan: Scan) -> dict[str, bytes]:
    """All values of the scan, by their places."""
    return {batch.place(row): value for batch in read_batches(scan) for row, value in enumerate(batch.values)}


def test_a_scan_gets_what_is_inside_its_spans_and_ends(broker: Broker) -> None:
    broker.send(TOPIC, [(0, b"a"), (0, b"b"), (0, b"c"), (0, b"d"), (1, b"e"), (2, b"f")])

    read = found(Scan(broker.settings, TOPIC, {0: (1, 3), 1: (0, 1), 3: (0, 0)}))

    assert read == {f"{TOPIC}:0:1": b"b", f"{TOPIC}:0:2": b"c", f"{TOPIC}:1:0": b"e"}


def test_a_record_without_a_value_has_an_empty_one(broker: Broker) -> None:
    broker.send(TOPIC, [(0, None)])

    assert found(Scan(broker.settings, TOPIC, {0: (0, 1)})) == {f"{TOPIC}:0:0": b""}


def test_the_parts_of_a_scan_are_the_whole_and_share_nothing() -> None:
    scan = Scan(Settings(), TOPIC, {0: (0, 5), 1: (2, 2), 2: (1, 4), 3: (0, 9)})

    parts = scan.split(2)

    assert [part.spans for part in parts] == [{0: (0, 5), 3: (0, 9)}, {2: (1, 4)}]
    assert len(scan.split(9)) == 3


def test_messages_are_read_with_keys_to_the_end_of_each_partition(broker: Broker) -> None:
    broker.send(TOPIC, [(0, b"a"), (1, None), (0, b"b"), (2, b"not asked for")])

    read = list(read_messages(broker.settings, "test", TOPIC, [0, 1]))

    assert sorted((message.partition(), message.offset(), message.key(), message.value()) for message in read) == [
        (0, 0, b"key", b"a"),
        (0, 1, b"key", b"b"),
        (1, 0, b"key", None),
    ]


def test_a_broker_that_sends_nothing_is_given_up(nobody: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_records, "STALL_S", 0.2)

    with pytest.raises(TransientError, match=r"Kafka at 127\.0\.0\.1:1"):
        found(Scan(nobody, TOPIC, {0: (0, 1)}))
    with pytest.raises(TransientError, match=r"Kafka at 127\.0\.0\.1:1"):
        list(read_messages(nobody, "test", TOPIC, [0]))
