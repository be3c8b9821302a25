"""The oldest dead letter is the first one that retention has left."""

from collections.abc import Iterable, Mapping
from typing import Any

from tests.contracts import SCHEMAS
from tidegate.clients.kafka_offsets import OffsetReader, Offsets, Place
from tidegate.clients.kafka_single_records import SingleRecords
from tidegate.contracts.load import load_stream
from tidegate.metric_names import OLDEST_DEAD_LETTER
from tidegate.monitor.oldest import OldestReader
from tidegate.monitor.reading import Since

CONTRACT = load_stream(SCHEMAS, "clicks").contract
FIRST, SECOND = ("dlq.clicks", 0), ("dlq.clicks", 1)


class Log(OffsetReader):
    """Two partitions of dead letters: [start, end) each."""

    def __init__(self, spans: dict[Place, tuple[int, int]]) -> None:
        self.spans = spans

    def places(self, topics: Iterable[str]) -> list[Place]:
        assert list(topics) == ["dlq.clicks"]
        return list(self.spans)

    def starts(self, places: Iterable[Place]) -> Offsets:
        return {place: self.spans[place][0] for place in places}

    def ends(self, places: Iterable[Place]) -> Offsets:
        return {place: self.spans[place][1] for place in places}


class Written:
    def __init__(self, offset: int) -> None:
        self._offset = offset

    def timestamp(self) -> tuple[int, int]:
        return 1, self._offset * 1000


class Records(SingleRecords):
    """A record at offset n was written at second n."""

    def __init__(self) -> None:
        self.asked: list[dict[Place, int]] = []

    def at(self, wanted: Mapping[Place, int]) -> dict[Place, Any]:
        self.asked.append(dict(wanted))
        return {place: Written(offset) for place, offset in wanted.items()}


def values(reader: OldestReader) -> list[Any]:
    return [sample.value for sample in reader.read()]


def test_it_is_the_first_record_of_all_partitions() -> None:
    reader = OldestReader(Log({FIRST: (70, 90), SECOND: (40, 50)}), Records(), [CONTRACT], 5)
    assert values(reader) == [Since(40.0), 30 * 24 * 3600, CONTRACT.dead_letters.max_ratio]


def test_it_is_read_again_only_when_retention_moved_on() -> None:
    log, records = Log({FIRST: (70, 90), SECOND: (40, 50)}), Records()
    reader = OldestReader(log, records, [CONTRACT], 5)
    values(reader)
    log.spans = {FIRST: (70, 95), SECOND: (45, 50)}
    assert values(reader)[0] == Since(45.0)
    assert records.asked == [{FIRST: 70, SECOND: 40}, {SECOND: 45}]


def test_without_dead_letters_the_age_is_zero() -> None:
    log = Log({FIRST: (70, 90), SECOND: (40, 40)})
    reader = OldestReader(log, Records(), [CONTRACT], 5)
    values(reader)
    log.spans = {FIRST: (90, 90), SECOND: (40, 40)}
    assert values(reader)[0] == 0.0


def test_of_a_topic_that_is_not_there_no_age_is_told() -> None:
    samples = list(OldestReader(Log({}), Records(), [CONTRACT], 5).read())
    assert OLDEST_DEAD_LETTER not in {sample.metric for sample in samples}
