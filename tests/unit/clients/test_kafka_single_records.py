"""Records at given offsets, one per partition."""

import pytest

from tests.broker import Broker
from tidegate.clients import kafka_single_records
from tidegate.clients.kafka_single_records import SingleRecords
from tidegate.errors import TransientError
from tidegate.settings import Settings

TOPIC = "silver.clicks"


def test_each_offset_asked_for_is_found_again_and_again_by_one_connection(broker: Broker) -> None:
    broker.send(TOPIC, [(0, b"a"), (0, b"b"), (1, b"c")])
    records = SingleRecords(broker.settings)

    for offset, value in ((1, b"b"), (0, b"a")):
        found = records.at({(TOPIC, 0): offset, (TOPIC, 1): 0})
        assert {place: message.value() for place, message in found.items()} == {(TOPIC, 0): value, (TOPIC, 1): b"c"}


def test_a_partition_that_ends_before_has_none(broker: Broker) -> None:
    broker.send(TOPIC, [(0, b"a")])

    assert SingleRecords(broker.settings).at({(TOPIC, 0): 1}) == {}


def test_a_broker_that_sends_nothing_is_an_outage(nobody: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_single_records, "TIMEOUT_S", 0.2)

    with pytest.raises(TransientError, match=rf"Kafka at 127\.0\.0\.1:1 sent nothing of {TOPIC}"):
        SingleRecords(nobody).at({(TOPIC, 0): 0})
