"""The age of the oldest dead letter that retention has left: one record per partition, read when that one changes."""

from collections.abc import Iterator, Sequence

from tidegate import metric_names
from tidegate.clients.kafka_offsets import OffsetReader, Place
from tidegate.clients.kafka_single_records import SingleRecords
from tidegate.contracts.model import Contract
from tidegate.contracts.topics import dead_letter_retention_hours
from tidegate.monitor.reading import Reader, Sample, Since

_SECONDS_PER_HOUR = 3600


class OldestReader(Reader):
    """Looks at the first record of each partition of the dead-letter topics."""

    name = "oldest dead letters"

    def __init__(
        self, offsets: OffsetReader, records: SingleRecords, contracts: Sequence[Contract], every_s: float
    ) -> None:
        self.every_s = every_s
        self._offsets = offsets
        self._records = records
        self._contracts = contracts
        self._first: dict[Place, tuple[int, float]] = {}

    def read(self) -> Iterator[Sample]:
        """Ages by the broker's time stamps."""
        places = self._offsets.places(contract.dead_letter_topic for contract in self._contracts)
        starts, ends = self._offsets.starts(places), self._offsets.ends(places)
        filled = {place: start for place, start in starts.items() if start < ends[place]}
        self._first = {place: known for place, known in self._first.items() if filled.get(place) == known[0]}
        for place, message in self._records.at(
            {place: start for place, start in filled.items() if place not in self._first}
        ).items():
            self._first[place] = (filled[place], message.timestamp()[1] / 1000)
        for contract in self._contracts:
            written_s = [at for (topic, _), (_, at) in self._first.items() if topic == contract.dead_letter_topic]
            if any(topic == contract.dead_letter_topic for topic, _ in places):
                age = Since(min(written_s)) if written_s else 0.0
                yield Sample(metric_names.OLDEST_DEAD_LETTER, (contract.dataset,), age)
            retention_s = dead_letter_retention_hours(contract) * _SECONDS_PER_HOUR
            yield Sample(metric_names.DEAD_LETTER_RETENTION, (contract.dataset,), retention_s)
            yield Sample(metric_names.DEAD_LETTER_MAX_RATIO, (contract.dataset,), contract.dead_letters.max_ratio)
