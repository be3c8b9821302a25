"""Readers of silver are waited for to the last record, and placed in the new topic once."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

import pytest

from tests.broker import Broker
from tests.contracts import SCHEMAS
from tidegate.clients.kafka_group_state import read_state
from tidegate.clients.kafka_offsets import Offsets, Place
from tidegate.contracts.load import load_stream
from tidegate.errors import TidegateError, TransientError
from tidegate.jobs.silver_versions import PLACED
from tidegate.replay import silver_readers
from tidegate.replay.silver_readers import (
    begin_at,
    ends_of,
    have_read,
    lacks,
    wait_until_near,
    wait_until_read,
    wait_until_sealed,
)
from tidegate.settings import Settings

CLICKS = load_stream(SCHEMAS, "clicks")
OLD, NEW = "silver.clicks", "silver.clicks.v2"
SETTINGS = Settings(schemas_dir=SCHEMAS)
T = TypeVar("T")


class Kafka:
    """Answers of a cluster, each a turn later than the one before; the last one stays."""

    def __init__(self) -> None:
        self.read: dict[str, list[Mapping[int, int]]] = {}
        self.last: dict[int, int] = {0: 100}
        self.open: list[bool] = [False]

    def positions(self, job: str, dataset: str) -> dict[str, dict[int, int]]:
        assert dataset == "clicks"
        found = self._next(self.read.get(job, [{}]))
        return {OLD: dict(found)} if found else {}

    def places(self, topics: Iterable[str]) -> list[Place]:
        return [(topic, 0) for topic in topics]

    def ends(self, places: Iterable[Place]) -> Offsets:
        return dict.fromkeys(places, 100)

    def written_ends(self, places: Iterable[Place]) -> Offsets:
        return dict.fromkeys(places, 105 if self._next(self.open) else 100)

    @staticmethod
    def _next(answers: list[T]) -> T:
        return answers.pop(0) if len(answers) > 1 else answers[0]


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Kafka:
    kafka = Kafka()
    monkeypatch.setattr(silver_readers, "OffsetReader", lambda *_, **__: kafka)
    monkeypatch.setattr(silver_readers, "record_ends", lambda *_: kafka.last)
    monkeypatch.setattr(silver_readers, "POLL_S", 0.0)
    return kafka


@pytest.fixture
def no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silver_readers, "_SPARE_S", -1000.0)


def test_one_unread_record_is_one_too_many_and_marks_behind_it_are_none() -> None:
    assert lacks({0: 99}, {0: 100})
    assert lacks({}, {0: 1})
    assert not lacks({0: 100, 1: 5}, {0: 100})
    assert not lacks({}, {})


def test_all_of_the_jobs_are_waited_for(kafka: Kafka) -> None:
    kafka.read = {"lake": [{0: 80}, {0: 99}, {0: 100}], "index": [{0: 100}]}
    wait_until_read(SETTINGS, CLICKS, ["lake", "index"], running=["lake", "index"])
    assert kafka.read["lake"] == [{0: 100}]


def test_a_job_that_has_read_all_need_not_run_and_one_that_has_not_must(kafka: Kafka) -> None:
    kafka.read = {"lake": [{0: 100}], "index": [{0: 99}]}
    wait_until_read(SETTINGS, CLICKS, ["lake"], running=[])
    with pytest.raises(TidegateError, match="index was stopped before it had read all"):
        wait_until_read(SETTINGS, CLICKS, ["lake", "index"], running=["lake"])


@pytest.mark.usefixtures("no_time")
def test_who_is_late_is_named_in_time(kafka: Kafka) -> None:
    kafka.read = {"lake": [{0: 99}], "index": [{0: 10}]}
    with pytest.raises(TransientError, match="for lake, index to read silver's old topic to its end"):
        wait_until_read(SETTINGS, CLICKS, ["lake", "index"], running=["lake", "index"])
    with pytest.raises(TransientError, match=r"for index to read silver up to its end\. Nothing was stopped"):
        wait_until_near(SETTINGS, CLICKS, ["lake", "index"])


def test_a_transaction_that_is_open_is_waited_for(kafka: Kafka) -> None:
    kafka.open = [True, True, False]
    wait_until_sealed(SETTINGS, CLICKS)
    assert kafka.open == [False]


@pytest.mark.usefixtures("no_time")
def test_one_that_stays_open_is_told(kafka: Kafka) -> None:
    kafka.open = [True]
    with pytest.raises(TransientError, match=r"for dropped\.clicks, silver\.clicks to have no open transaction"):
        wait_until_sealed(SETTINGS, CLICKS)


def test_who_has_ever_read_the_topic_has_offsets_of_it(kafka: Kafka) -> None:
    kafka.read = {"lake": [{0: 0}]}
    assert have_read(SETTINGS, CLICKS, ["lake", "index"]) == ["lake"]
    assert have_read(SETTINGS, CLICKS.of_silver_version(2), ["lake", "index"]) == []


def test_jobs_are_placed_at_the_offsets_unless_they_have_begun_there(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    broker.send(NEW, [(0, b"a"), (0, b"b"), (1, b"c")])
    new = CLICKS.of_silver_version(2)
    assert ends_of(broker.settings, new) == {"0": 2, "1": 1, "2": 0, "3": 0}
    monkeypatch.setattr(silver_readers, "have_read", lambda *_: ["index"])

    begin_at(broker.settings, new, ["lake", "index"], {"0": 2, "1": 1, "2": 0})

    places = [(NEW, number) for number in range(3)]
    placed = read_state(broker.settings, "tidegate-lake-clicks", places).values()
    assert [*placed] == [(2, PLACED), (1, PLACED), (0, PLACED)]
    assert all(at < 0 for at, _ in read_state(broker.settings, "tidegate-index-clicks", places).values())
