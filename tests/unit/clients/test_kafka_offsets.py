"""Offsets are asked of a broker, and one that is away is an outage. Real groups: tests/jobs/test_monitor.py."""

from collections.abc import Callable

import pytest
from confluent_kafka.admin import AdminClient

from tests.broker import PARTITIONS, Broker
from tidegate.clients import kafka_offsets
from tidegate.clients.kafka_offsets import OffsetReader, end_offsets, offsets_at, reached, topic_spans
from tidegate.errors import TidegateError, TransientError
from tidegate.settings import Settings

TOPIC = "raw.clicks"
EMPTY = dict.fromkeys(range(2, PARTITIONS), 0)


@pytest.fixture
def filled(broker: Broker) -> Settings:
    broker.send(TOPIC, [(0, b"a"), (0, b"b"), (1, b"c")])
    return broker.settings


def test_the_partitions_are_those_of_topics_that_exist(filled: Settings) -> None:
    places = OffsetReader(filled).places([TOPIC, "unheard.of"])

    assert places == [(TOPIC, number) for number in range(PARTITIONS)]


def test_starts_and_ends_are_told_by_partition(filled: Settings) -> None:
    reader, places = OffsetReader(filled), [(TOPIC, 0), (TOPIC, 1)]

    assert reader.starts(places) == dict.fromkeys(places, 0)
    assert reader.ends(places) == reader.written_ends(places) == {(TOPIC, 0): 2, (TOPIC, 1): 1}
    assert reader.ends([]) == {}


def test_one_topic_is_asked_for_whole(filled: Settings) -> None:
    assert topic_spans(filled, TOPIC) == {0: (0, 2), 1: (0, 1)} | dict.fromkeys(EMPTY, (0, 0))
    assert end_offsets(filled, TOPIC) == {0: 2, 1: 1} | EMPTY


def test_a_topic_that_is_not_there_has_no_spans_and_no_end(filled: Settings) -> None:
    assert topic_spans(filled, "unheard.of") == {}
    assert offsets_at(filled, "unheard.of", 0) == {}
    with pytest.raises(TidegateError, match=r"no topic unheard\.of.*contract register"):
        end_offsets(filled, "unheard.of")


@pytest.mark.parametrize(
    "ask",
    [
        lambda reader: reader.places([TOPIC]),
        lambda reader: reader.starts([(TOPIC, 0)]),
        lambda reader: reader.ends([(TOPIC, 0)]),
        lambda reader: reader.written_ends([(TOPIC, 0)]),
        lambda reader: reader.at([(TOPIC, 0)], 0),
        lambda reader: reader.groups("tidegate-"),
        lambda reader: reader.committed(["tidegate-refine-clicks"]),
        lambda reader: reader.positions("refine", "clicks"),
    ],
    ids=["places", "starts", "ends", "written_ends", "at", "groups", "committed", "positions"],
)
def test_a_broker_that_is_away_is_an_outage(nobody: Settings, ask: Callable[[OffsetReader], object]) -> None:
    with pytest.raises(TransientError, match=r"Kafka at 127\.0\.0\.1:1 does not answer"):
        ask(OffsetReader(nobody, timeout_s=0.2))


def test_after_an_outage_the_next_question_goes_out_by_a_new_connection(
    nobody: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[AdminClient] = []

    def admin(options: dict[str, object]) -> AdminClient:
        made.append(AdminClient(options))
        return made[-1]

    monkeypatch.setattr(kafka_offsets, "AdminClient", admin)
    reader = OffsetReader(nobody, timeout_s=0.2)
    for _ in range(2):
        with pytest.raises(TransientError):
            reader.places([TOPIC])

    assert len(made) == 3


def test_markers_at_the_end_are_never_reached_and_not_waited_for() -> None:
    ends = {(TOPIC, 0): 100}

    assert reached(ends, {(TOPIC, 0): 100 - kafka_offsets.TRAILING_MARKERS})
    assert not reached(ends, {(TOPIC, 0): 100 - kafka_offsets.TRAILING_MARKERS - 1})
    assert not reached(ends, {})
