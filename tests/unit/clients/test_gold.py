"""Of a metric's topic: the keys of some days that are there, and keys taken away so that nothing of them is left."""

import json
from collections.abc import Iterator

import pytest

from tests.broker import PARTITIONS, Broker
from tests.unit.sql.visits import METRIC
from tidegate.clients import gold as module
from tidegate.clients.gold import Figure, end_what_is_open, gold_ends, gold_figures, keys_of, take_away, time_of

DAY_MS = 86_400_000
FIRST_MS = 1_767_312_000_000
"""Midnight of 2026-01-02, UTC."""
TIMES = (FIRST_MS, FIRST_MS + DAY_MS)


@pytest.fixture
def broker() -> Iterator[Broker]:
    made = Broker()
    yield made
    made.stop()


def key(minute: str, page: str) -> bytes:
    return json.dumps({"minute": minute, "page": page}).encode()


def send(broker: Broker, partition: int, name: bytes, value: bytes | None) -> None:
    broker.send(METRIC.topic, [(partition, value)], key=name)


def test_the_newest_record_of_each_key_of_the_days_is_found(broker: Broker) -> None:
    before, first, last, after = (
        key(minute, "/")
        for minute in ("2026-01-01T23:59:00Z", "2026-01-02T00:00:00Z", "2026-01-02T23:59:00Z", "2026-01-03T00:00:00Z")
    )
    for partition, name in ((0, before), (0, first), (1, last), (1, after), (0, first)):
        send(broker, partition, name, b"figure")
    gone = key("2026-01-02T12:00:00Z", "/gone")
    send(broker, 2, gone, b"figure")
    send(broker, 2, gone, None)

    found = gold_figures(broker.settings, METRIC, TIMES)

    assert sorted((figure.key, figure.partition, figure.offset) for figure in found) == [(first, 0, 2), (last, 1, 0)]
    assert [time_of(figure, METRIC) for figure in found if figure.key == first] == [FIRST_MS]
    assert gold_ends(broker.settings, METRIC) == {0: 3, 1: 2, 2: 2} | dict.fromkeys(range(3, PARTITIONS), 0)


def test_a_key_that_is_taken_away_is_deleted_where_it_lies(broker: Broker) -> None:
    kept, gone = key("2026-01-02T00:00:00Z", "/kept"), key("2026-01-02T00:00:00Z", "/gone")
    for partition, name in ((0, kept), (3, gone)):
        send(broker, partition, name, b"figure")
    found = gold_figures(broker.settings, METRIC, TIMES)
    take_away(broker.settings, METRIC, [figure for figure in found if figure.key == gone])
    (left,) = gold_figures(broker.settings, METRIC, TIMES)
    assert left == Figure(kept, {"minute": "2026-01-02T00:00:00Z", "page": "/kept"}, 0, 0)
    assert gold_ends(broker.settings, METRIC)[3] >= 2


def test_a_key_that_lies_in_two_partitions_is_told_for_each_and_taken_away_from_both(broker: Broker) -> None:
    name = key("2026-01-02T00:00:00Z", "/")
    for partition in (3, 0):
        send(broker, partition, name, b"figure")
    found = gold_figures(broker.settings, METRIC, TIMES)
    assert sorted((figure.partition, figure.offset) for figure in found) == [(0, 0), (3, 0)]
    assert keys_of(found) == 1
    take_away(broker.settings, METRIC, found)
    assert gold_figures(broker.settings, METRIC, TIMES) == []


def test_what_is_open_is_ended_by_whoever_takes_the_same_name(monkeypatch: pytest.MonkeyPatch, broker: Broker) -> None:
    names: list[str] = []

    class Writer:
        def __init__(self, _settings: object, name: str) -> None:
            names.append(name)

        begin = write = flush = commit = lambda *_: None

    monkeypatch.setattr(module, "TransactionalWriter", Writer)
    take_away(broker.settings, METRIC, [])
    end_what_is_open(broker.settings, METRIC)
    assert names == [f"tidegate-replay-{METRIC.topic}"] * 2
