"""How far the jobs are behind: ends of topics against the offsets the jobs have committed at their checkpoints.

So right after a checkpoint a job's lag is what came in meanwhile, and before the next one an interval's worth more.
Transactions leave markers in a topic, which count as offsets, so a lag in silver is a little too high.
"""

from collections.abc import Collection, Mapping
from typing import TypeVar

from tidegate.clients.kafka_offsets import OffsetReader, Place
from tidegate.contracts.model import Contract
from tidegate.errors import TidegateError
from tidegate.job_names import JOBS, NAMES
from tidegate.settings import Settings

TIMEOUT_S = 10.0
ByPartition = dict[int, int]
_Where = TypeVar("_Where", int, Place)
"""A partition of a known topic, or one of many topics'."""


class LagReader:
    """Reads how far these jobs are with one dataset; ``raw_before`` are the raw topic's ends when it was made."""

    def __init__(self, settings: Settings, contract: Contract, jobs: Collection[str] = NAMES) -> None:
        self._contract = contract
        self._jobs = [job for job in JOBS if job.name in jobs]
        self._offsets = OffsetReader(settings, timeout_s=TIMEOUT_S)
        self._topics = {"raw": contract.topic.name, "silver": contract.silver_topic}
        self._places = self._offsets.places(self._topics.values())
        if not self._places:
            topic = contract.topic.name
            raise TidegateError(f"there is no topic {topic}.", remedy="Create it with `tidegate contract register`.")
        self.raw_before = self.raw_ends()

    def raw_ends(self) -> ByPartition:
        """The next offset of each raw partition."""
        return self._written_ends(self._topics["raw"])

    def silver_ends(self) -> ByPartition:
        """The next offset of each silver partition, be the records before it committed or not."""
        return self._written_ends(self._topics["silver"])

    def lags(self, raw_ends: ByPartition, silver_ends: ByPartition) -> dict[str, int]:
        """Records each job has still to show, those of raw partitions from ``raw_before`` on."""
        ends = {"raw": raw_ends, "silver": silver_ends}
        started: dict[str, ByPartition] = {"raw": self.raw_before, "silver": {}}
        lags = {}
        for job in self._jobs:
            positions = self._offsets.positions(job.name, self._contract.dataset)
            lags[job.name] = sum(
                sum(behind(ends[read], started[read] | positions.get(self._topics[read], {})).values())
                for read in job.reads
            )
        return lags

    def _written_ends(self, topic: str) -> ByPartition:
        places = [place for place in self._places if place[0] == topic]
        return {number: end for (_, number), end in self._offsets.written_ends(places).items()}


def behind(ends: Mapping[_Where, int], positions: Mapping[_Where, int]) -> dict[_Where, int]:
    """How many offsets each partition's position lies before its end; one without a position is at its beginning."""
    return {where: max(0, end - positions.get(where, 0)) for where, end in ends.items()}
