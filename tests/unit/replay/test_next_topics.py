"""Topics of the next version are made as the old ones are, keep what they are given, and go without a trace."""

from types import SimpleNamespace
from typing import Any

import pytest

from tests.contracts import SCHEMAS
from tests.unit.sql.visits import SILVER, stream
from tidegate.avro.types import AvroSchema
from tidegate.clients.transactions import Record
from tidegate.contracts.load import platform_schema
from tidegate.contracts.topics import TopicPlan, plan_topics
from tidegate.errors import TidegateError
from tidegate.replay import next_topics
from tidegate.replay.next_topics import (
    WHILE_FILLED,
    as_contracted,
    as_while_filled,
    delete_next,
    make_next,
    next_there,
    topics_of,
)
from tidegate.settings import Settings

VISITS = stream()
SETTINGS = Settings.model_construct(schemas_dir=SCHEMAS)
DROPPED = platform_schema(SCHEMAS, "dropped")
OLD_SILVER = {**SILVER, "doc": "as it was"}


class Registry:
    """Schemas by subject; a schema has one id under whatever subjects."""

    def __init__(self, subjects: dict[str, list[AvroSchema]]) -> None:
        self.subjects = subjects
        self.levels: dict[str, str] = {}

    def __enter__(self) -> "Registry":
        return self

    def __exit__(self, *_: object) -> None: ...

    def versions(self, subject: str) -> list[int]:
        return [*range(1, len(self.subjects.get(subject, ())) + 1)]

    def version(self, subject: str, version: int) -> AvroSchema:
        return self.subjects[subject][version - 1]

    def lookup(self, subject: str, schema: AvroSchema) -> int | None:
        return 1 if schema in self.subjects.get(subject, ()) else None

    def incompatibilities(self, _subject: str, _schema: AvroSchema) -> list[str]:
        return []

    def register(self, subject: str, schema: AvroSchema) -> int:
        self.subjects.setdefault(subject, []).append(schema)
        return 1

    def set_compatibility(self, subject: str, level: str) -> None:
        self.levels[subject] = level

    def delete(self, subject: str) -> None:
        del self.subjects[subject]


class Kafka:
    """Topics by their names, and what they were made as."""

    def __init__(self) -> None:
        self.partitions: dict[str, int] = {"silver.visits": 7, "dropped.visits": 7}
        self.made: dict[str, TopicPlan] = {}
        self.deleted: list[str] = []
        self.changed: dict[str, dict[str, str]] = {}
        self.lows: dict[tuple[str, int], int] = {}
        self.written: list[Record] = []

    def delete(self, _: Settings, names: list[str]) -> None:
        self.deleted += [name for name in names if self.partitions.pop(name, None)]

    def create(self, _: Settings, plans: Any) -> None:
        self.made |= {plan.name: plan for plan in plans}
        self.partitions |= {name: plan.partitions for name, plan in self.made.items()}

    def spans(self, _: Settings, topic: str) -> dict[int, tuple[int, int]]:
        return {number: (self.lows.get((topic, number), 0), 9) for number in range(self.partitions.get(topic, 0))}

    def without(self, _: Settings, topic: str, before: dict[int, int]) -> None:
        self.lows |= {(topic, number): offset for number, offset in before.items()}

    def change(self, _: Settings, topic: str, config: dict[str, str]) -> None:
        self.changed[topic] = config


@pytest.fixture
def registry() -> Registry:
    return Registry({"silver.visits-value": [OLD_SILVER, SILVER], "dropped.visits-value": [DROPPED]})


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch, registry: Registry) -> Kafka:
    found = Kafka()
    monkeypatch.setattr(next_topics, "delete_topics", found.delete)
    monkeypatch.setattr(next_topics, "create_topics", found.create)
    monkeypatch.setattr(next_topics, "topic_spans", found.spans)
    monkeypatch.setattr(next_topics, "change_settings", found.change)
    monkeypatch.setattr(next_topics, "existing_topics", lambda _: frozenset(found.partitions))
    monkeypatch.setattr(next_topics, "delete_groups", lambda *_: None)
    monkeypatch.setattr(next_topics, "delete_records", found.without)
    monkeypatch.setattr(next_topics, "end_offsets", lambda _, topic: dict.fromkeys(range(7), 2))
    writer = SimpleNamespace(begin=lambda: None, write=found.written.extend, commit=lambda: None)
    monkeypatch.setattr(next_topics, "TransactionalWriter", lambda *_: writer)
    monkeypatch.setattr(next_topics, "RegistryClient", lambda _: registry)
    return found


def test_they_have_the_partitions_of_the_old_ones_and_keep_every_time_stamp(kafka: Kafka) -> None:
    make_next(SETTINGS, VISITS, 2)

    assert topics_of(VISITS, 2) == {"silver": "silver.visits.v2", "dropped": "dropped.visits.v2"}
    assert next_there(SETTINGS, VISITS, 2) == ["silver.visits.v2", "dropped.visits.v2"]
    for plan in kafka.made.values():
        assert plan.partitions == 7
        assert (plan.config["message.timestamp.type"], plan.config["retention.ms"]) == ("CreateTime", "-1")
        assert plan.config["cleanup.policy"] == "delete"


def test_their_subjects_have_the_schemas_of_all_records_that_are_copied(kafka: Kafka, registry: Registry) -> None:
    make_next(SETTINGS, VISITS, 2)

    assert registry.subjects["silver.visits.v2-value"] == [OLD_SILVER, SILVER]
    assert registry.subjects["dropped.visits.v2-value"] == [DROPPED]
    assert registry.levels["silver.visits.v2-value"] == VISITS.contract.compatibility


def test_what_is_there_of_the_version_goes_before_it_is_made_anew(kafka: Kafka) -> None:
    kafka.partitions["silver.visits.v2"] = 3
    make_next(SETTINGS, VISITS, 2)
    assert kafka.deleted == ["silver.visits.v2"]
    assert kafka.partitions["silver.visits.v2"] == 7


def test_without_the_topics_before_there_is_nothing_to_fill_from(kafka: Kafka) -> None:
    del kafka.partitions["dropped.visits"]
    with pytest.raises(TidegateError, match=r"no topic dropped\.visits, which dropped\.visits\.v2 is filled from"):
        make_next(SETTINGS, VISITS, 2)


def test_a_partition_that_lacks_its_beginning_lacks_it_in_the_new_topic_too(kafka: Kafka) -> None:
    make_next(SETTINGS, VISITS, 2)
    assert (kafka.written, kafka.lows) == ([], {})
    kafka.lows = {("silver.visits", 3): 500}
    make_next(SETTINGS, VISITS, 2)
    assert [(record.topic, record.partition) for record in kafka.written] == [("silver.visits.v2", 3)]
    assert kafka.lows[("silver.visits.v2", 3)] == 2


def test_once_compared_they_are_as_the_contract_plans_them(kafka: Kafka) -> None:
    as_contracted(SETTINGS, VISITS, 2)

    planned = {plan.name: plan.config for plan in plan_topics(VISITS)}
    for name in ("silver.visits", "dropped.visits"):
        assert kafka.changed[f"{name}.v2"] == {
            "message.timestamp.type": "LogAppendTime",
            "retention.ms": planned[name]["retention.ms"],
        }
    assert "silver.visits" not in kafka.changed


def test_what_is_added_later_keeps_its_time_stamps_too(kafka: Kafka) -> None:
    as_while_filled(SETTINGS, VISITS, 2)
    assert kafka.changed == {"silver.visits.v2": WHILE_FILLED, "dropped.visits.v2": WHILE_FILLED}


def test_they_go_with_their_subjects_and_the_old_ones_stay(kafka: Kafka, registry: Registry) -> None:
    before = {**kafka.partitions}, {**registry.subjects}
    make_next(SETTINGS, VISITS, 2)
    delete_next(SETTINGS, VISITS, 2)
    delete_next(SETTINGS, VISITS, 2)
    assert (kafka.partitions, registry.subjects) == before
    assert next_there(SETTINGS, VISITS, 2) == []
