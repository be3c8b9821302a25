"""Topics that are there are left alone; making one is met on a real broker (tests/stack/test_contract_register.py)."""

from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource

from tests.broker import PARTITIONS, Broker
from tidegate.clients import kafka_topics
from tidegate.clients.kafka_topics import change_settings, create_topics, delete_groups, delete_topics, topic_settings
from tidegate.contracts.topics import TopicPlan
from tidegate.errors import TidegateError, TransientError
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


class Answers:
    """What Kafka says of the settings of one topic."""

    def __init__(self, code: int | None) -> None:
        self._code = code

    def result(self) -> dict[str, SimpleNamespace]:
        if self._code is not None:
            raise KafkaException(KafkaError(self._code))
        return {"retention.ms": SimpleNamespace(value="5")}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (None, {"retention.ms": "5"}),
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, {}),
        (KafkaError.UNKNOWN_TOPIC_OR_PART, {}),
    ],
    ids=["told", "no right to ask", "no such topic"],
)
def test_settings_that_may_not_be_read_are_not_known(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, code: int | None, found: dict[str, str]
) -> None:
    monkeypatch.setattr(AdminClient, "describe_configs", lambda _, asked, **__: {asked[0]: Answers(code)})

    assert topic_settings(broker.settings, [TOPIC]) == {TOPIC: found}


def test_a_cluster_that_does_not_tell_its_settings_is_an_outage(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_topics, "_METADATA_TIMEOUT_S", 1)

    with pytest.raises(TransientError, match="does not answer"):
        topic_settings(broker.settings, [TOPIC])


@pytest.mark.parametrize(
    ("method", "delete", "gone"),
    [
        ("delete_topics", delete_topics, KafkaError.UNKNOWN_TOPIC_OR_PART),
        ("delete_consumer_groups", delete_groups, KafkaError.GROUP_ID_NOT_FOUND),
    ],
    ids=["topics", "groups"],
)
def test_what_is_gone_already_needs_no_deleting_and_a_refusal_is_told(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, method: str, delete: Any, gone: int
) -> None:
    def answer(code: int | None) -> None:
        monkeypatch.setattr(AdminClient, method, lambda _, names, **__: dict.fromkeys(names, Answers(code)))

    for code in (None, gone):
        answer(code)
        delete(broker.settings, ["one", "other"])
    answer(KafkaError.TOPIC_AUTHORIZATION_FAILED)
    with pytest.raises(TidegateError, match="Kafka does not delete the "):
        delete(broker.settings, ["one"])
    answer(KafkaError._TIMED_OUT)
    with pytest.raises(TransientError):
        delete(broker.settings, ["one"])
    delete(broker.settings, [])


def test_a_setting_is_changed_or_it_is_said_why_not(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[ConfigResource] = []

    def answer(code: int | None) -> None:
        def changed(_: AdminClient, wanted: list[ConfigResource], **__: Any) -> dict[ConfigResource, Answers]:
            asked.extend(wanted)
            return {wanted[0]: Answers(code)}

        monkeypatch.setattr(AdminClient, "incremental_alter_configs", changed)

    answer(None)
    change_settings(broker.settings, TOPIC, {"retention.ms": "5"})
    [entry] = asked[0].incremental_configs
    assert (asked[0].name, entry.name, entry.value) == (TOPIC, "retention.ms", "5")
    answer(KafkaError.TOPIC_AUTHORIZATION_FAILED)
    with pytest.raises(TidegateError, match=f"Kafka refuses the settings of {TOPIC}"):
        change_settings(broker.settings, TOPIC, {"retention.ms": "5"})
    answer(KafkaError._TIMED_OUT)
    with pytest.raises(TransientError):
        change_settings(broker.settings, TOPIC, {"retention.ms": "5"})
