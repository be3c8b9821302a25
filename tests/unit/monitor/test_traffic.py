"""Counts and lags from offsets."""

from collections.abc import Iterable

from tests.contracts import SCHEMAS
from tidegate.clients.kafka_offsets import OffsetReader, Offsets, Place
from tidegate.contracts.load import load_stream
from tidegate.metric_names import EVENTS_IN
from tidegate.monitor.traffic import TrafficReader, events_in, lags

ENDS = {("raw.clicks", 0): 10, ("raw.clicks", 1): 4, ("silver.clicks", 0): 7}


def test_events_in_are_all_offsets_of_the_topic() -> None:
    assert events_in(ENDS, "raw.clicks") == 14
    assert events_in(ENDS, "raw.orders") == 0


def test_lag_is_told_of_the_topics_that_a_group_reads() -> None:
    assert lags(ENDS, {("raw.clicks", 0): 8}) == {("raw.clicks", 0): 2, ("raw.clicks", 1): 4}
    assert lags(ENDS, {}) == {}


def test_a_position_ahead_of_an_older_end_is_no_lag() -> None:
    assert lags({("silver.clicks", 0): 7}, {("silver.clicks", 0): 9}) == {("silver.clicks", 0): 0}


class Topics(OffsetReader):
    """Knows some topics of one partition each, with ten records; no group has read them."""

    def __init__(self, *topics: str) -> None:
        self.topics = topics

    def places(self, topics: Iterable[str]) -> list[Place]:
        return [(topic, 0) for topic in topics if topic in self.topics]

    def ends(self, places: Iterable[Place]) -> Offsets:
        return dict.fromkeys(places, 10)

    def committed(self, groups: Iterable[str]) -> dict[str, Offsets]:
        return {group: {} for group in groups}


def test_a_topic_that_is_not_there_has_no_count_not_0() -> None:
    contracts = [load_stream(SCHEMAS, name).contract for name in ("clicks", "orders")]
    samples = list(TrafficReader(Topics("raw.clicks"), contracts, ["refine"], 5).read())
    assert [(sample.metric, *sample.labels, sample.value) for sample in samples] == [(EVENTS_IN, "clicks", 10)]
