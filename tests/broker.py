"""A broker of librdkafka's own, inside this process: it keeps records and offsets for as long as it lives."""

from collections.abc import Iterable

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from tidegate.settings import Settings

PARTITIONS = 4
"""What the broker gives each topic that is written to."""


class Broker:
    """A broker that lives until it is stopped; ``settings`` say where it is."""

    def __init__(self) -> None:
        options = {"bootstrap.servers": "the broker's own", "test.mock.num.brokers": 1, "log_level": 0}
        self._owner: AdminClient | None = AdminClient(options)
        (node,) = self._owner.list_topics(timeout=10).brokers.values()
        self.settings = Settings(kafka_bootstrap_servers=f"{node.host}:{node.port}")

    def send(self, topic: str, records: Iterable[tuple[int, bytes | None]], key: bytes = b"key") -> None:
        """Writes each value to its partition, in this order."""
        producer = Producer({"bootstrap.servers": self.settings.kafka_bootstrap_servers, "log_level": 0})
        for partition, value in records:
            producer.produce(topic, value, key=key, partition=partition)
        assert producer.flush(10) == 0

    def stop(self) -> None:
        """Ends it with all that it holds; a second time does nothing."""
        self._owner = None
