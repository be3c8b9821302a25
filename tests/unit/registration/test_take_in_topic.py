"""A running topic is looked at from both of its ends, and what it holds decides what the folder is made of."""

import json

import pytest

from tests.broker import PARTITIONS, Broker
from tidegate.avro.frame import frame
from tidegate.contracts.new.choose_fields import Fields
from tidegate.errors import ContractError
from tidegate.registration import take_in_topic as module
from tidegate.registration.take_in import Subject
from tidegate.registration.take_in_topic import Running, take_in_topic
from tidegate.settings import Settings

TOPIC = "raw-events"


@pytest.fixture(autouse=True)
def settings_of_topics(monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker within this process tells no settings of topics."""
    monkeypatch.setattr(module, "topic_settings", lambda *_: {TOPIC: {"retention.ms": "3600000"}})


def reading(number: int, **others: object) -> bytes:
    return json.dumps({"id": f"r-{number}", "at": "2026-01-01T00:00:00Z", **others}).encode()


def test_records_of_the_beginning_and_of_the_end_are_looked_at(broker: Broker) -> None:
    values = [reading(0, first=1), *(reading(number, middle=1) for number in range(1, 50)), reading(50, last=1)]
    broker.send(TOPIC, [(0, value) for value in values])

    files, said = take_in_topic(broker.settings, "readings", Running(TOPIC, records=2 * PARTITIONS), Fields())

    names = {field["name"] for field in json.loads(files["v1.avsc"])["fields"]}
    assert names == {"id", "at", "first", "last"}
    assert said[0].startswith("Fields are those of 2 records.")
    assert f"partitions: {PARTITIONS}\n" in files["contract.yaml"]
    assert "name: raw-events\n" in files["contract.yaml"]


def test_a_short_topic_is_looked_at_once(broker: Broker) -> None:
    broker.send(TOPIC, [(0, reading(1)), (1, reading(2))])

    _, said = take_in_topic(broker.settings, "readings", Running(TOPIC), Fields())

    assert said[0].startswith("Fields are those of 2 records.")


def test_of_records_in_avro_the_subject_says_what_they_are(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Subject] = []

    def take_in(
        _settings: Settings, _dataset: str, wanted: Subject, _fields: Fields
    ) -> tuple[dict[str, str], list[str]]:
        asked.append(wanted)
        return {}, []

    monkeypatch.setattr(module, "take_in", take_in)
    broker.send(TOPIC, [(0, frame(7) + b"\x02a")])

    take_in_topic(broker.settings, "readings", Running(TOPIC), Fields())

    assert [(wanted.name, wanted.topic) for wanted in asked] == [("raw-events-value", TOPIC)]


@pytest.mark.parametrize(
    ("values", "problem"), [([], "has no record"), ([b"hello"], "neither JSON objects nor Avro"), ([b""], "neither")]
)
def test_a_topic_that_tells_nothing_is_refused(broker: Broker, values: list[bytes], problem: str) -> None:
    broker.send(TOPIC, [(0, value) for value in values])

    with pytest.raises(ContractError, match=problem):
        take_in_topic(broker.settings, "readings", Running(TOPIC), Fields())
