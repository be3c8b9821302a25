"""Follows topics: what is committed to them from now on, as it comes."""

from collections.abc import Iterable

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from tidegate.clients import connection
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.outage import KAFKA, outage
from tidegate.settings import Settings

POLL_S = 0.1
BATCH_RECORDS = 10_000


class TopicFollower:
    """Reads the committed records of all partitions of ``topics`` that come after the follower was made."""

    def __init__(self, settings: Settings, group: str, topics: Iterable[str]) -> None:
        self._settings = settings
        self._consumer = Consumer(connection.kafka_reader(settings, group) | {"auto.offset.reset": "earliest"})
        self._consumer.assign(
            [
                TopicPartition(topic, partition, end)
                for topic in topics
                for partition, (_, end) in topic_spans(settings, topic).items()
            ]
        )

    def poll(self) -> list[Message]:
        """What has come since the last call, after at most ``POLL_S``; a broker that may come back is waited for.

        Raises:
            TransientError: a topic can't be read any more.
        """
        records = []
        for message in self._consumer.consume(BATCH_RECORDS, timeout=POLL_S):
            error = message.error()
            if error is None:
                records.append(message)
            elif error.code() == KafkaError._ALL_BROKERS_DOWN or not error.retriable():
                raise outage(KAFKA, self._settings, error.str())
        return records

    def close(self) -> None:
        """Ends the reading."""
        self._consumer.close()
