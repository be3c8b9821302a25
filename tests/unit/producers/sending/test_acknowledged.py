"""A source that keeps its place hears of what was sent, and of a delivery only once Kafka has all of that."""

from collections.abc import Callable, Iterator

import pytest

from producers.sending import acknowledged
from producers.sending.acknowledged import send
from producers.sending.batch import Batch
from producers.sending.publish import Publisher
from tests.broker import Broker
from tidegate.settings import Settings

TOPIC = "raw.placed"


class Source:
    """Hands out ``count`` batches of two records, stops in the last one, and notes what it hears."""

    def __init__(self, count: int, *, stop_before_last: bool = False) -> None:
        self.count = count
        self.stop_before_last = stop_before_last
        self.stopped = False
        self.handed_out = self.sent_of = self.delivered_of = 0

    def batches(self, clock: Callable[[], float]) -> Iterator[Batch]:
        for number in range(1, self.count + 1):
            self.stopped = self.stop_before_last and number == self.count
            self.handed_out += 2
            yield Batch([b"key"] * 2, [b"value"] * 2)

    def sent(self) -> None:
        self.sent_of = self.handed_out

    def delivered(self) -> None:
        self.delivered_of = self.sent_of


def test_a_batch_in_which_a_stop_falls_is_told_neither_as_sent_nor_as_delivered(broker: Broker) -> None:
    broker.send(TOPIC, [(0, b"before")])
    source = Source(3, stop_before_last=True)
    progress = send(source, Publisher(broker.settings, TOPIC), lambda: source.stopped, lambda _: None)
    assert progress.delivered == 4
    assert (source.handed_out, source.sent_of, source.delivered_of) == (6, 4, 4)


def test_what_kafka_has_not_acknowledged_is_not_delivered() -> None:
    source = Source(2)
    publisher = Publisher(Settings(kafka_bootstrap_servers="127.0.0.1:1"), TOPIC, patient=True)
    publisher.close = lambda timeout_s=0.1: Publisher.close(publisher, 0.1)  # type: ignore[method-assign]
    progress = send(source, publisher, lambda: False, lambda _: None)
    assert (progress.sent, progress.failed) == (4, 4)
    assert (source.sent_of, source.delivered_of) == (4, 0)


def test_traffic_that_never_pauses_is_settled_now_and_then(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    broker.send(TOPIC, [(0, b"before")])
    monkeypatch.setattr(acknowledged, "_SETTLE_EVERY_S", 0.0)
    source = Source(50)
    lags: list[int] = []

    def on_progress(_: object) -> None:
        lags.append(source.sent_of - source.delivered_of)

    send(source, Publisher(broker.settings, TOPIC), lambda: False, on_progress)
    assert source.delivered_of == 100
    assert max(lags) <= 2


def test_a_record_that_kafka_refuses_for_good_ends_the_run(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    broker.send(TOPIC, [(0, b"before")])
    publisher = Publisher(broker.settings, TOPIC)
    source = Source(1_000_000)
    monkeypatch.setattr(Publisher, "failed", property(lambda self: int(self.sent > 4)))
    progress = send(source, publisher, lambda: False, lambda _: None)
    assert progress.sent == 6
    assert source.delivered_of <= 4
