"""What Kafka says of the outputs; the broker inside the process removes nothing, so here the test says what it has."""

import time

import pytest

from tests.broker import Broker
from tidegate.clients.kafka_offsets import OffsetReader, Place
from tidegate.proof import retention_reader
from tidegate.proof.retention import CLOCKS_MS, Edge
from tidegate.proof.retention_reader import Retained, read_retained

TOPICS = ("silver.x", "dlq.x", "dropped.x")


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> dict[Place, int]:
    """Where retention has moved the beginning of a partition to."""
    moved: dict[Place, int] = {}
    monkeypatch.setattr(OffsetReader, "starts", lambda _, places: {place: moved.get(place, 0) for place in places})
    rule = {"cleanup.policy": "delete", "retention.ms": "1000", "retention.bytes": "-1"}
    monkeypatch.setattr(retention_reader, "topic_settings", lambda _, topics: dict.fromkeys(topics, rule))
    return moved


def retained(broker: Broker, now_ms: int = 10**15) -> Retained:
    return read_retained(broker.settings, TOPICS, now_ms, TOPICS)


@pytest.mark.usefixtures("cut")
def test_topics_that_begin_at_0_are_whole_and_one_that_is_not_there_has_no_partitions(broker: Broker) -> None:
    broker.send("silver.x", [(0, b"a")])

    found = retained(broker)

    assert found.starts == {"silver.x": dict.fromkeys(range(4), 0), "dlq.x": {}, "dropped.x": {}}
    assert found.edges == ()
    assert found.edge(TOPICS) is None


def test_a_cut_topic_has_an_edge_at_its_first_record(broker: Broker, cut: dict[Place, int]) -> None:
    broker.send("silver.x", [(0, b"a"), (0, b"b")])
    broker.send("dlq.x", [(0, b"a")])
    cut[("silver.x", 0)] = 1

    found = retained(broker)

    assert found.starts["silver.x"][0] == 1
    (edge,) = found.edges
    assert edge.topic == "silver.x"
    assert abs(edge.until_ms - CLOCKS_MS - time.time() * 1000) < 60_000, "when the record was written"


def test_of_an_emptied_partition_the_topics_rule_tells_the_edge(broker: Broker, cut: dict[Place, int]) -> None:
    broker.send("silver.x", [(0, b"a")])
    broker.send("dlq.x", [(1, b"a")])
    cut[("dlq.x", 1)] = 1

    found = retained(broker, now_ms=5000)

    assert found.edge(TOPICS) == Edge("dlq.x", 4000 + CLOCKS_MS)
    assert found.edge(["silver.x"]) is None


@pytest.mark.usefixtures("cut")
def test_a_topic_that_was_filled_has_an_edge_though_it_begins_at_0(broker: Broker) -> None:
    for partition in range(4):
        broker.send("silver.x", [(partition, b"a")])

    found = read_retained(broker.settings, TOPICS, 10**15, TOPICS, filled=("silver.x",))

    (edge,) = found.edges
    assert edge.topic == "silver.x"
    assert abs(edge.until_ms + 1000 - CLOCKS_MS - time.time() * 1000) < 60_000, "when it was filled, less its retention"
