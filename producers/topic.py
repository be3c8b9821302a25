"""Looks at a topic before and after a run."""

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from tidegate.errors import TidegateError, TransientError

_TIMEOUT_S = 10.0


def end_offsets(bootstrap_servers: str, topic: str) -> dict[int, int]:
    """The next offset of each partition of ``topic``.

    Raises:
        TransientError: no broker answers.
        TidegateError: there is no such topic.
    """
    admin = AdminClient({"bootstrap.servers": bootstrap_servers, "log_level": 2})
    try:
        topics = admin.list_topics(timeout=_TIMEOUT_S).topics
        if topic not in topics:
            raise TidegateError(f"there is no topic {topic}.", remedy="Create it with `tidegate contract register`.")
        partitions = [TopicPartition(topic, number) for number in topics[topic].partitions]
        asked = admin.list_offsets({partition: OffsetSpec.latest() for partition in partitions})
        return {partition.partition: future.result(_TIMEOUT_S).offset for partition, future in asked.items()}
    except KafkaException as error:
        raise TransientError(
            f"Kafka at {bootstrap_servers} does not answer ({error.args[0].str()}).",
            remedy="Start the stack with `tidegate up`, or set TIDEGATE_KAFKA_BOOTSTRAP_SERVERS.",
        ) from error
