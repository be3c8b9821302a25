"""Topics that are there are left alone; making one is met on a real broker (tests/stack/test_contract_register.py)."""

import pytest

from tests.broker import PARTITIONS, Broker
from tidegate.clients import kafka_topics
from tidegate.clients.kafka_topics import create_topics
from tidegate.contracts.topics import TopicPlan
from tidegate.errors import TransientError
from tidegate.settings import Settings

TOPIC = "raw.clicks"


def test_a_topic_that_is_there_is_unchanged(broker: Broker) -> None:
    broker.send(TOPIC, [(0, b"a")])

    report = create_topics(broker.settings, [TopicPlan(TOPIC, PARTITIONS)])

    assert (report.created, report.unchanged, report.warnings) == ([], [TOPIC], [])


def test_another_number_of_partitions_is_a_warning_that_says_what_to_do(broker: Broker) -> None:
    broker.send(TOPIC, [(0, b"a")])

    (warning,) = create_topics(broker.settings, [TopicPlan(TOPIC, 3)]).warnings

    assert warning.startswith(f"topic {TOPIC} has {PARTITIONS} partitions, its contract says 3: keep the number")


def test_a_cluster_without_a_controller_is_an_outage_and_no_refusal(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_topics, "_METADATA_TIMEOUT_S", 1)

    with pytest.raises(TransientError, match=r"does not answer .*controller"):
        create_topics(broker.settings, [TopicPlan("raw.new", 1)])


def test_a_broker_that_is_away_is_an_outage(nobody: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka_topics, "_METADATA_TIMEOUT_S", 1)

    with pytest.raises(TransientError, match=r"Kafka at 127\.0\.0\.1:1 does not answer"):
        create_topics(nobody, [TopicPlan(TOPIC, 1)])
