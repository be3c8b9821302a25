"""A broker of librdkafka's own, inside this process: it keeps records and offsets for as long as it lives."""

from collections.abc import Iterable
from itertools import chain, repeat

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

    def send(
        self,
        topic: str,
        records: Iterable[tuple[int, bytes | None]],
        key: bytes = b"key",
        headers: Iterable[list[tuple[str, bytes | None]]] = (),
    ) -> None:
        """Writes each value to its partition, in this order; ``headers`` are those of the first records."""
        producer = Producer({"bootstrap.servers": self.settings.kafka_bootstrap_servers, "log_level": 0})
        for (partition, value), its_headers in zip(records, chain(headers, repeat([])), strict=False):
            producer.produce(topic, value, key=key, partition=partition, headers=its_headers)
        assert producer.flush(10) == 0

    def stop(self) -> None:
        """Ends it with all that it holds; a second time does nothing."""
        self._owner = None
