"""Offsets of topics and groups: many in a few requests, by one connection that is kept; or those of one topic, once."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from confluent_kafka import ConsumerGroupTopicPartitions, IsolationLevel, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from tidegate.clients import connection
from tidegate.clients.kafka_errors import kafka_errors
from tidegate.contracts import naming
from tidegate.errors import TidegateError, TransientError
from tidegate.settings import Settings

TIMEOUT_S = 5.0
PATIENT_S = 30.0
"""For what is asked once: a broker that is slow or just starting is waited for."""
Place = tuple[str, int]
"""A topic and the number of a partition."""
Offsets = dict[Place, int]
Spans = dict[int, tuple[int, int]]
"""By partition, the offsets [start, end)."""
TRAILING_MARKERS = 16
"""Commit markers at the end of a transactional topic are offsets that no reader passes."""
_NOT_YET = frozenset(
    {KafkaError.NOT_LEADER_FOR_PARTITION, KafkaError.LEADER_NOT_AVAILABLE, KafkaError.UNKNOWN_TOPIC_OR_PART}
)
_RETRY_S = 0.1


class OffsetReader:
    """Asks one cluster; every method raises :class:`TransientError` when it does not answer in ``timeout_s``.

    The next question then goes out by a new connection: one from before a broker's crash may time out for minutes.
    """

    def __init__(self, settings: Settings, *, timeout_s: float | None = None) -> None:
        self._settings = settings
        self._timeout_s = TIMEOUT_S if timeout_s is None else timeout_s
        self._admin = self._connect()

    def places(self, topics: Iterable[str]) -> list[Place]:
        """The partitions of those topics that exist."""
        with self._asking():
            known = self._admin.list_topics(timeout=self._timeout_s).topics
        return [(topic, number) for topic in topics if topic in known for number in sorted(known[topic].partitions)]

    def ends(self, places: Iterable[Place]) -> Offsets:
        """The offset after the last one that readers of committed records see."""
        return self._offsets(places, OffsetSpec.latest())

    def written_ends(self, places: Iterable[Place]) -> Offsets:
        """The offset after the last one written, also by a transaction that is still open."""
        return self._offsets(places, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED)

    def starts(self, places: Iterable[Place]) -> Offsets:
        """The first offset that retention has left."""
        return self._offsets(places, OffsetSpec.earliest())

    def at(self, places: Iterable[Place], at_ms: int) -> Offsets:
        """The first offset whose Kafka timestamp is ``at_ms`` or later; nothing for a partition that has none."""
        found = self._offsets(places, OffsetSpec.for_timestamp(at_ms))
        return {place: offset for place, offset in found.items() if offset >= 0}

    def groups(self, prefix: str) -> list[str]:
        """The consumer groups whose names begin so."""
        with self._asking():
            found = self._admin.list_consumer_groups(request_timeout=self._timeout_s).result()
            if found.errors:  # a broker that did not answer, whose groups are not among the valid ones
                raise KafkaException(found.errors[0])
        return [group.group_id for group in found.valid if group.group_id.startswith(prefix)]

    def committed(self, groups: Iterable[str]) -> dict[str, Offsets]:
        """What each consumer group has committed; nothing for a group that is not there."""
        with self._asking():
            asked = {
                group: self._admin.list_consumer_group_offsets(
                    [ConsumerGroupTopicPartitions(group)], request_timeout=self._timeout_s
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

    def positions(self, job: str, dataset: str) -> dict[str, dict[int, int]]:
        """By topic, the next offset of each partition that a job has committed; empty before its first checkpoint."""
        group = naming.group(job, dataset)
        by_topic: dict[str, dict[int, int]] = {}
        for (topic, partition), offset in self.committed([group])[group].items():
            by_topic.setdefault(topic, {})[partition] = offset
        return by_topic

    def _connect(self) -> AdminClient:
        return AdminClient(connection.kafka(self._settings) | {"socket.timeout.ms": int(self._timeout_s * 1000)})

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            with kafka_errors(self._settings):
                yield
        except TransientError:
            self._admin = self._connect()
            raise

    def _offsets(
        self, places: Iterable[Place], spec: OffsetSpec, isolation: IsolationLevel = IsolationLevel.READ_COMMITTED
    ) -> Offsets:
        asked = {TopicPartition(*place): spec for place in places}
        if not asked:
            return {}
        deadline_s = time.monotonic() + self._timeout_s
        with self._asking():
            while True:
                futures = self._admin.list_offsets(asked, isolation_level=isolation, request_timeout=self._timeout_s)
                try:
                    return {(place.topic, place.partition): future.result().offset for place, future in futures.items()}
                except KafkaException as error:
                    if error.args[0].code() not in _NOT_YET or time.monotonic() > deadline_s:
                        raise
                    time.sleep(_RETRY_S)


def topic_spans(settings: Settings, topic: str) -> Spans:
    """The first and the end offset of each partition, as readers of committed records see them; {} if no topic.

    Raises:
        TransientError: no broker answers.
    """
    reader = OffsetReader(settings, timeout_s=PATIENT_S)
    places = reader.places([topic])
    starts, ends = reader.starts(places), reader.ends(places)
    return {place[1]: (starts[place], ends[place]) for place in places}


def has_some(kept: Spans, spans: Mapping[int, tuple[int, int]]) -> bool:
    """Whether a topic, of which these offsets are ``kept``, still has one of the spans, or may have one later."""
    return any(number in kept and start < end and end > kept[number][0] for number, (start, end) in spans.items())


def end_offsets(settings: Settings, topic: str) -> dict[int, int]:
    """The next offset of each partition of ``topic``, be the records before it committed or not.

    Raises:
        TransientError: no broker answers.
        TidegateError: there is no such topic.
    """
    reader = OffsetReader(settings, timeout_s=10)
    places = reader.places([topic])
    if not places:
        raise TidegateError(f"there is no topic {topic}.", remedy="Create it with `tidegate contract register`.")
    return {number: end for (_, number), end in reader.written_ends(places).items()}


def offsets_at(settings: Settings, topic: str, at_ms: int) -> dict[int, int]:
    """The first offset of each partition whose Kafka timestamp is ``at_ms`` or later; left out if there is none.

    Raises:
        TransientError: no broker answers.
    """
    reader = OffsetReader(settings, timeout_s=PATIENT_S)
    return {number: offset for (_, number), offset in reader.at(reader.places([topic]), at_ms).items()}


def reached(ends: Offsets, positions: Offsets) -> bool:
    """Whether the positions are at the ends of their partitions, but for commit markers."""
    return all(positions.get(place, 0) >= end - TRAILING_MARKERS for place, end in ends.items())
