"""Topics are followed from their ends on."""

from collections.abc import Iterator

import pytest

from tests.broker import Broker
from tests.polling import wait_for
from tidegate.clients.kafka_follower import TopicFollower

TOPICS = ("silver.clicks", "dlq.clicks")


@pytest.fixture
def follower(broker: Broker) -> Iterator[TopicFollower]:
    for topic in TOPICS:
        broker.send(topic, [(0, b"before"), (1, b"before")])
    follower = TopicFollower(broker.settings, "test", TOPICS)
    yield follower
    follower.close()


def test_only_what_comes_later_is_read_of_every_partition(broker: Broker, follower: TopicFollower) -> None:
    broker.send("silver.clicks", [(0, b"a"), (2, b"b")])
    broker.send("dlq.clicks", [(1, b"c")])
    read: set[tuple[str, int, int, bytes]] = set()

    def three() -> bool:
        read.update((each.topic(), each.partition(), each.offset(), each.value()) for each in follower.poll())
        return len(read) >= 3

    wait_for("three records", three, 10)
    assert read == {("silver.clicks", 0, 1, b"a"), ("silver.clicks", 2, 0, b"b"), ("dlq.clicks", 1, 1, b"c")}


def test_nothing_new_is_nothing(follower: TopicFollower) -> None:
    assert follower.poll() == []


def test_a_broker_that_has_gone_is_waited_for(broker: Broker, follower: TopicFollower) -> None:
    broker.stop()

    assert follower.poll() == []
