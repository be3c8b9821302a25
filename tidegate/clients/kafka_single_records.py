"""Single records at given offsets: a few small fetches, whatever the topic's size."""

import time
from collections.abc import Mapping

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from tidegate.clients import connection
from tidegate.clients.kafka_offsets import OffsetReader, Place
from tidegate.clients.outage import KAFKA, silence
from tidegate.contracts import naming
from tidegate.settings import Settings

TIMEOUT_S = 5.0
POLL_S = 0.1


class SingleRecords:
    """Reads committed records one by one; keeps its connection."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._consumer = Consumer(
            connection.kafka_reader(settings, naming.SAMPLES_GROUP)
            | {
                "enable.auto.offset.store": False,
                "auto.offset.reset": "earliest",
                "enable.partition.eof": True,
                "fetch.message.max.bytes": 64 * 1024,
                "queued.min.messages": 1,
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
                    raise silence(KAFKA, self._settings, min(pending)[0], TIMEOUT_S)
        finally:
            self._consumer.unassign()
        return found


def newest_records(settings: Settings, topic: str) -> list[Message]:
    """The last committed record of each partition that has one.

    Raises:
        TransientError: Kafka does not answer.
    """
    offsets = OffsetReader(settings)
    places = offsets.places([topic])
    starts, ends = offsets.starts(places), offsets.ends(places)
    last = {place: end - 1 for place, end in ends.items() if end > starts[place]}
    return list(SingleRecords(settings).at(last).values()) if last else []
