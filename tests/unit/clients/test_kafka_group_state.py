"""What a group commits with its offsets comes back as one."""

import pytest

from tests.broker import Broker
from tidegate.clients import kafka_group_state
from tidegate.clients.kafka_group_state import read_state, write_state
from tidegate.errors import TransientError
from tidegate.settings import Settings

GROUP, PLACES = "test-monitor", [("dlq.clicks", 0), ("dlq.clicks", 1)]


def test_offsets_and_texts_come_back(broker: Broker) -> None:
    broker.send("dlq.clicks", [(0, b"a"), (1, b"b")])

    write_state(broker.settings, GROUP, {PLACES[0]: (1, '[["decode",1]]')})

    state = read_state(broker.settings, GROUP, PLACES)
    assert state[PLACES[0]] == (1, '[["decode",1]]')
    assert state[PLACES[1]][0] < 0


def test_nothing_is_asked_for_nothing(nobody: Settings) -> None:
    assert read_state(nobody, GROUP, []) == {}
    write_state(nobody, GROUP, {})


def test_a_broker_that_is_away_is_an_outage(nobody: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_group_state, "TIMEOUT_S", 0.2)

    with pytest.raises(TransientError, match=r"Kafka at 127\.0\.0\.1:1 does not answer"):
        read_state(nobody, GROUP, PLACES)
