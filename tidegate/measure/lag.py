"""How far the jobs are behind: ends of topics against the offsets the jobs have committed at their checkpoints.

So right after a checkpoint a job's lag is what came in meanwhile, and before the next one an interval's worth more.
"""

from tidegate.clients.kafka_offsets import OffsetReader, end_offsets
from tidegate.contracts.model import Contract
from tidegate.settings import Settings

Offsets = dict[int, int]


class LagReader:
    """Reads positions of the jobs of one dataset; ``raw_before`` are the raw topic's ends when it was made."""

    def __init__(self, settings: Settings, contract: Contract) -> None:
        self._settings = settings
        self._contract = contract
        self._offsets = OffsetReader(settings)
        self.raw_before = self.raw_ends()

    def raw_ends(self) -> Offsets:
        """The next offset of each raw partition."""
        return end_offsets(self._settings, self._contract.topic.name)

    def lags(self, raw_ends: Offsets, silver_ends: Offsets) -> dict[str, int]:
        """Records each job has still to show; ``silver_ends`` are the offsets after the last silver records.

        Transactions leave markers in a topic, which count as offsets, so a lag in silver is a little too high.
        """
        raw, silver = self._contract.topic.name, self._contract.silver_topic
        refine, lake, index = (
            self._offsets.positions(job, self._contract.dataset) for job in ("refine", "lake", "index")
        )
        return {
            "refine": behind(raw_ends, self.raw_before | refine.get(raw, {})),
            "lake": behind(raw_ends, self.raw_before | lake.get(raw, {})) + behind(silver_ends, lake.get(silver, {})),
            "index": behind(silver_ends, index.get(silver, {})),
        }


def behind(ends: Offsets, positions: Offsets) -> int:
    """How many offsets the positions lie before the ends; a partition without a position is at its beginning."""
    return sum(max(0, end - positions.get(partition, 0)) for partition, end in ends.items())
