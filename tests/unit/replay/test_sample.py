"""Bytes of a topic are told by some of its records."""

from tests.broker import Broker
from tidegate.replay.sample import sampled_bytes


def test_as_many_records_as_offsets_have_the_size_of_the_first_ones(broker: Broker) -> None:
    broker.send("silver.clicks", [(0, b"x" * 10), (0, b"x" * 30), (1, b"x" * 20)])
    assert sampled_bytes(broker.settings, "silver.clicks", {0: (0, 2), 1: (0, 1), 2: (0, 0)}) == 60
    assert sampled_bytes(broker.settings, "silver.clicks", {2: (0, 0)}) == 0


def test_a_large_topic_is_not_read_whole(broker: Broker) -> None:
    broker.send("silver.clicks", [(0, b"x" * (10 if at < 500 else 1000)) for at in range(1000)])
    assert sampled_bytes(broker.settings, "silver.clicks", {0: (0, 1000)}) == 10_000
