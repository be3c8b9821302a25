"""Offsets of many topics and groups in a few requests, by one connection that is kept."""

from collections.abc import Iterable

from confluent_kafka import ConsumerGroupTopicPartitions, IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from tidegate.contracts import naming
from tidegate.errors import TransientError

TIMEOUT_S = 5.0
Place = tuple[str, int]
"""A topic and the number of a partition."""
Offsets = dict[Place, int]
TRAILING_MARKERS = 16
"""Commit markers at the end of a transactional topic are offsets that no reader passes."""


class OffsetReader:
    """Asks one cluster; every method raises :class:`TransientError` when it does not answer.

    The next question then goes out by a new connection: one from before a broker's crash may time out for minutes.
    """

    def __init__(self, bootstrap_servers: str) -> None:
        self._servers = bootstrap_servers
        self._admin = self._connect()

    def places(self, topics: Iterable[str]) -> list[Place]:
        """The partitions of those topics that exist."""
        try:
            known = self._admin.list_topics(timeout=TIMEOUT_S).topics
        except KafkaException as error:
            raise self._away(error) from error
        return [(topic, number) for topic in topics if topic in known for number in sorted(known[topic].partitions)]

    def ends(self, places: Iterable[Place]) -> Offsets:
        """The offset after the last one that readers of committed records see."""
        return self._offsets(places, OffsetSpec.latest())

    def starts(self, places: Iterable[Place]) -> Offsets:
        """The first offset that retention has left."""
        return self._offsets(places, OffsetSpec.earliest())

    def committed(self, groups: Iterable[str]) -> dict[str, Offsets]:
        """What each consumer group has committed; nothing for a group that is not there."""
        try:
            asked = {
                group: self._admin.list_consumer_group_offsets(
                    [ConsumerGroupTopicPartitions(group)], request_timeout=TIMEOUT_S
                )[group]
                for group in groups
            }
            return {
                group: {
                    (place.topic, place.partition): place.offset
                    for place in future.result().topic_partitions
                    if place.offset >= 0
                }
                for group, future in asked.items()
            }
        except KafkaException as error:
            raise self._away(error) from error

    def positions(self, job: str, dataset: str) -> dict[str, dict[int, int]]:
        """By topic, the next offset of each partition that a job has committed; empty before its first checkpoint."""
        group = naming.group(job, dataset)
        by_topic: dict[str, dict[int, int]] = {}
        for (topic, partition), offset in self.committed([group])[group].items():
            by_topic.setdefault(topic, {})[partition] = offset
        return by_topic

    def _connect(self) -> AdminClient:
        return AdminClient(
            {"bootstrap.servers": self._servers, "log_level": 2, "socket.timeout.ms": int(TIMEOUT_S * 1000)}
        )

    def _away(self, error: KafkaException) -> TransientError:
        self._admin = self._connect()
        return away(self._servers, error)

    def _offsets(self, places: Iterable[Place], spec: OffsetSpec) -> Offsets:
        asked = {TopicPartition(*place): spec for place in places}
        if not asked:
            return {}
        try:
            found = self._admin.list_offsets(
                asked, isolation_level=IsolationLevel.READ_COMMITTED, request_timeout=TIMEOUT_S
            )
            return {(place.topic, place.partition): future.result().offset for place, future in found.items()}
        except KafkaException as error:
            raise self._away(error) from error


def reached(ends: Offsets, positions: Offsets) -> bool:
    """Whether the positions are at the ends of their partitions, but for commit markers."""
    return all(positions.get(place, 0) >= end - TRAILING_MARKERS for place, end in ends.items())


def away(bootstrap_servers: str, error: KafkaException) -> TransientError:
    """A client's error in our words."""
    return TransientError(
        f"Kafka at {bootstrap_servers} does not answer ({error.args[0].str()}).",
        remedy="Run `tidegate status`, and `tidegate up` if it is down.",
    )
