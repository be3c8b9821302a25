"""Kafka's errors in our words."""

from collections.abc import Iterator
from contextlib import contextmanager

from confluent_kafka import KafkaException

from tidegate.clients.outage import KAFKA, outage
from tidegate.settings import Settings


@contextmanager
def kafka_errors(settings: Settings) -> Iterator[None]:
    """Around calls of a client of confluent-kafka.

    Raises:
        TransientError: in place of a ``KafkaException``.
    """
    try:
        yield
    except KafkaException as error:
        raise outage(KAFKA, settings, reason(error)) from error


def reason(error: KafkaException) -> str:
    """What the client says is wrong."""
    return str(error.args[0].str())
