"""How far the jobs are behind: ends of topics against the offsets the jobs have committed at their checkpoints.

So right after a checkpoint a job's lag is what came in meanwhile, and before the next one an interval's worth more.
"""

from confluent_kafka import ConsumerGroupTopicPartitions
from confluent_kafka.admin import AdminClient

from producers.topic import end_offsets
from tidegate.contracts.model import Contract
from tidegate.settings import Settings

Offsets = dict[int, int]


class LagReader:
    """Reads positions of the jobs of one dataset; ``raw_before`` are the raw topic's ends when it was made."""

    def __init__(self, settings: Settings, contract: Contract) -> None:
        self._servers = settings.kafka_bootstrap_servers
        self._contract = contract
        self._admin = AdminClient({"bootstrap.servers": self._servers, "log_level": 2})
        self.raw_before = self.raw_ends()

    def raw_ends(self) -> Offsets:
        """The next offset of each raw partition."""
        return end_offsets(self._servers, self._contract.topic.name)

    def lags(self, raw_ends: Offsets, silver_ends: Offsets) -> dict[str, int]:
        """Records each job has still to show; ``silver_ends`` are the offsets after the last silver records.

        Transactions leave markers in a topic, which count as offsets, so a lag in silver is a little too high.
        """
        refine, lake, index = (self._committed(job) for job in ("refine", "lake", "index"))
        raw, silver = self._contract.topic.name, self._contract.silver_topic
        return {
            "refine": self._behind(raw_ends, refine, raw),
            "lake": max(self._behind(raw_ends, lake, raw), self._behind(silver_ends, lake, silver)),
            "index": self._behind(silver_ends, index, silver),
        }

    def _behind(self, ends: Offsets, committed: dict[tuple[str, int], int], topic: str) -> int:
        start = self.raw_before if topic == self._contract.topic.name else {}
        return sum(
            max(0, end - committed.get((topic, partition), start.get(partition, 0))) for partition, end in ends.items()
        )

    def _committed(self, job: str) -> dict[tuple[str, int], int]:
        group = f"tidegate-{job}-{self._contract.dataset}"
        future = self._admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group]
        partitions = future.result().topic_partitions
        return {(place.topic, place.partition): place.offset for place in partitions if place.offset >= 0}
