"""States that are older than the topics of their dataset."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from flink_jobs import begun_anew as module
from flink_jobs.begun_anew import still_theirs, topics_of
from flink_jobs.job import StateFacts
from tests.unit.sql.visits import stream
from tidegate.clients.kafka_offsets import Place
from tidegate.job_names import JOBS
from tidegate.settings import Settings

STATE = StateFacts(frozenset({"lake:visits:Calc:1"}), {}, timedelta(hours=1), "file:///1", written_ms=1000)
RAW, SILVER = ("raw.visits", 0), ("silver.visits", 0)


class Kafka:
    """Per partition, the times of its records, of which retention has removed the first ``removed``."""

    def __init__(self) -> None:
        self.times: dict[Place, list[int]] = {RAW: [500, 1500], SILVER: [600]}
        self.removed: dict[Place, int] = {}
        self.committed: dict[str, dict[int, int]] = {}

    def positions(self, job: str, dataset: str) -> dict[str, dict[int, int]]:
        return self.committed

    def places(self, topics: Iterable[str]) -> list[Place]:
        return [(topic, 0) for topic in topics]

    def starts(self, places: Iterable[Place]) -> dict[Place, int]:
        return {place: self.removed.get(place, 0) for place in places}

    def ends(self, places: Iterable[Place]) -> dict[Place, int]:
        return {place: len(self.times[place]) for place in places}

    def at(self, places: Iterable[Place], at_ms: int) -> dict[Place, int]:
        found = {place: [n for n, at in enumerate(self.times[place]) if at >= at_ms] for place in places}
        return {place: offsets[0] for place, offsets in found.items() if offsets}


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> Kafka:
    kafka = Kafka()
    monkeypatch.setattr(module, "OffsetReader", lambda _settings, **_: kafka)
    return kafka


def is_theirs(job: str = "lake") -> bool:
    return still_theirs(job, [stream()], {"visits": STATE}, Settings.model_construct()) == {"visits": STATE}


def test_topics_that_were_made_again_are_younger_than_the_state(
    kafka: Kafka, capsys: pytest.CaptureFixture[str]
) -> None:
    kafka.times = {RAW: [1200, 1500], SILVER: []}
    assert not is_theirs()
    assert capsys.readouterr().err.startswith("lake reads visits from the beginning: nothing that its topics hold was")


def test_of_topics_that_were_always_empty_there_is_nothing_to_say(
    kafka: Kafka, capsys: pytest.CaptureFixture[str]
) -> None:
    kafka.times = {RAW: [], SILVER: []}
    assert not is_theirs()
    assert capsys.readouterr().err == ""


def test_one_record_from_before_says_that_they_are_the_same(kafka: Kafka) -> None:
    assert is_theirs()
    kafka.times = {RAW: [1200], SILVER: [600]}
    assert is_theirs()
    assert not is_theirs("refine"), "which reads raw only"


def test_what_retention_has_removed_may_have_been_from_before(kafka: Kafka) -> None:
    kafka.times, kafka.removed = {RAW: [1200, 1500], SILVER: []}, {RAW: 1}
    assert is_theirs()


def test_a_group_that_has_committed_offsets_says_so_at_once(kafka: Kafka) -> None:
    kafka.times, kafka.committed = {RAW: [1200], SILVER: []}, {"raw.visits": {0: 1}}
    assert is_theirs()


def test_a_job_that_is_none_of_the_pipelines_is_not_asked_about(kafka: Kafka) -> None:
    kafka.times = {RAW: [], SILVER: []}
    assert is_theirs("replay")
    assert {kind.name: topics_of(kind, stream()) for kind in JOBS}["lake"] == ["raw.visits", "silver.visits"]
