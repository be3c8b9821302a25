"""Single records at given offsets: a few small fetches, whatever the topic's size."""

import time
from collections.abc import Mapping

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from tidegate.clients.kafka_offsets import Place
from tidegate.contracts import naming
from tidegate.errors import TransientError

TIMEOUT_S = 5.0
POLL_S = 0.1


class SingleRecords:
    """Reads committed records one by one; keeps its connection."""

    def __init__(self, bootstrap_servers: str) -> None:
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap_servers,
                "group.id": naming.SAMPLES_GROUP,
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "isolation.level": "read_committed",
                "auto.offset.reset": "earliest",
                "enable.partition.eof": True,
                "fetch.message.max.bytes": 64 * 1024,
                "queued.min.messages": 1,
                "log_level": 2,
            }
        )

    def at(self, wanted: Mapping[Place, int]) -> dict[Place, Message]:
        """The first record at or after each offset; none for a partition that ends before.

        Raises:
            TransientError: Kafka did not answer for all of them in time.
        """
        pending = set(wanted)
        found: dict[Place, Message] = {}
        self._consumer.assign([TopicPartition(*place, offset) for place, offset in wanted.items()])
        try:
            deadline_s = time.monotonic() + TIMEOUT_S
            while pending:
                for message in self._consumer.consume(100, timeout=POLL_S):
                    place = (message.topic(), message.partition())
                    error = message.error()
                    if error is None and place in pending:
                        found[place] = message
                    if error is None or error.code() == KafkaError._PARTITION_EOF:
                        pending.discard(place)
                if pending and time.monotonic() > deadline_s:
                    raise TransientError(
                        f"Kafka sent nothing of {sorted(pending)[0][0]} for {TIMEOUT_S:.0f} s.",
                        remedy="See `tidegate status`.",
                    )
        finally:
            self._consumer.unassign()
        return found
