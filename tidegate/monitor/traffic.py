"""Events in, and how far the jobs are behind: from offsets alone, no record is read."""

from collections.abc import Iterator, Sequence

from tidegate import metric_names
from tidegate.clients.kafka_offsets import OffsetReader, Offsets, Place
from tidegate.contracts import naming
from tidegate.contracts.model import Contract
from tidegate.measure.lag import behind
from tidegate.monitor.reading import Reader, Sample


class TrafficReader(Reader):
    """Reads the ends of raw and silver topics and the positions that jobs commit at their checkpoints."""

    name = "traffic"
    server = "kafka"

    def __init__(
        self, offsets: OffsetReader, contracts: Sequence[Contract], jobs: Sequence[str], every_s: float
    ) -> None:
        self.every_s = every_s
        self._offsets = offsets
        self._contracts = contracts
        self._groups = {
            (job, contract.dataset): naming.group(job, contract.dataset) for job in jobs for contract in contracts
        }

    def read(self) -> Iterator[Sample]:
        """Counts and lags as of now; none of a topic that is not there."""
        topics = [topic for contract in self._contracts for topic in (contract.topic.name, contract.silver_topic)]
        # Positions first: a record that comes in between makes the lag too large by one, never negative.
        positions = self._offsets.committed(self._groups.values())
        ends = self._offsets.ends(self._offsets.places(topics))
        there = {topic for topic, _ in ends}
        for contract in self._contracts:
            if contract.topic.name in there:
                yield Sample(metric_names.EVENTS_IN, (contract.dataset,), events_in(ends, contract.topic.name))
        for (job, dataset), group in self._groups.items():
            for (topic, partition), lag in lags(ends, positions[group]).items():
                yield Sample(metric_names.LAG, (job, dataset, topic, str(partition)), lag)


def events_in(ends: Offsets, topic: str) -> int:
    """All records a topic without transactions ever took: its offsets have no gaps, and none is given out twice."""
    return sum(end for (name, _), end in ends.items() if name == topic)


def lags(ends: Offsets, positions: Offsets) -> dict[Place, int]:
    """The lag of each partition of the topics that a group reads; one it has no position in yet lags by all."""
    topics = {topic for topic, _ in positions}
    return behind({place: end for place, end in ends.items() if place[0] in topics}, positions)
