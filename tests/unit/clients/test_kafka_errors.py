"""An exception of Kafka's client becomes an outage, with the client's reason."""

import pytest
from confluent_kafka import KafkaError, KafkaException

from tidegate.clients.kafka_errors import kafka_errors, reason
from tidegate.errors import TransientError
from tidegate.settings import Settings

THROWN = KafkaException(KafkaError(KafkaError._TRANSPORT, "the line is dead"))


def test_what_the_client_raises_is_an_outage() -> None:
    with (
        pytest.raises(TransientError, match=r"Kafka at there:9092 does not answer \(the line is dead\)") as caught,
        kafka_errors(Settings(kafka_bootstrap_servers="there:9092")),
    ):
        raise THROWN
    assert caught.value.__cause__ is THROWN


def test_other_exceptions_are_left_as_they_are() -> None:
    with pytest.raises(ValueError, match="ours"), kafka_errors(Settings()):
        raise ValueError("ours")


def test_the_reason_is_the_clients() -> None:
    assert reason(THROWN) == "the line is dead"
