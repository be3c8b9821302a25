"""What a job has read and shown: the offsets that it commits to its consumer group at each checkpoint."""

from confluent_kafka import ConsumerGroupTopicPartitions
from confluent_kafka.admin import AdminClient

Offsets = dict[int, int]


def committed_offsets(admin: AdminClient, job: str, dataset: str) -> dict[str, Offsets]:
    """By topic, the next offset of each partition that the job has committed; empty before its first checkpoint."""
    group = f"tidegate-{job}-{dataset}"
    future = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group]
    committed: dict[str, Offsets] = {}
    for place in future.result().topic_partitions:
        if place.offset >= 0:
            committed.setdefault(place.topic, {})[place.partition] = place.offset
    return committed
