"""The subjects of a dataset: what the registry is to hold of it. Registering them is tested on a real one."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from tests.contracts import SCHEMAS, next_version, spoil
from tests.unit.registration.test_read_earlier import Registry as HeldSchemas
from tidegate.avro.compatibility import broken_promises
from tidegate.avro.types import AvroSchema
from tidegate.clients import kafka_topics
from tidegate.clients.kafka_topics import TopicReport
from tidegate.clients.registry import RegisteredSchema, RegistryClient
from tidegate.contracts.dataset import Reference, Stream
from tidegate.contracts.load import platform_schema, platform_schemas
from tidegate.contracts.topics import plan_topics
from tidegate.errors import ContractError
from tidegate.registration import register as register_module
from tidegate.registration.register import (
    PLATFORM_COMPATIBILITY,
    Registration,
    SubjectReport,
    plan_subjects,
    register_all,
    subjects_with_history,
)
from tidegate.settings import Settings


def test_every_topic_of_a_dataset_has_a_subject(orders: Stream, products: Reference) -> None:
    for dataset in (orders, products):
        topics = [plan.name for plan in plan_topics(dataset)]
        assert [plan.subject for plan in plan_subjects(dataset, SCHEMAS)] == [f"{topic}-value" for topic in topics]


def test_raw_versions_are_registered_oldest_first(clicks: Stream) -> None:
    newer = next_version(clicks, {"name": "campaign", "type": ["null", "string"], "default": None})
    raw = plan_subjects(newer, SCHEMAS)[0]

    assert raw.schemas == [*(clicks.versions[number] for number in sorted(clicks.versions)), newer.latest]
    assert raw.compatibility == clicks.contract.compatibility


def test_what_the_producers_register_is_not_registered_here(orders: Stream) -> None:
    topic = orders.contract.topic.model_copy(update={"registered_by": "producers"})
    theirs = replace(orders, contract=orders.contract.model_copy(update={"topic": topic}))

    ours, others = ([plan.subject for plan in plan_subjects(each, SCHEMAS)] for each in (orders, theirs))

    assert ours == ["raw.orders-value", *others]
    assert [plan.theirs for plan in plan_topics(theirs)] == [True, *([False] * len(others))]


def test_a_later_version_of_silver_has_the_schemas_of_the_one_before_in_front(clicks: Stream) -> None:
    second = clicks.of_silver_version(2)
    older = {**clicks.silver, "fields": clicks.silver["fields"][:-1]}
    registry = cast(RegistryClient, HeldSchemas({"silver.clicks-value": [older, clicks.silver]}))

    plans = {plan.subject: plan.schemas for plan in subjects_with_history(registry, second, SCHEMAS)}

    assert plans["silver.clicks.v2-value"] == [older, clicks.silver]
    assert "silver.clicks-value" not in plans
    assert subjects_with_history(registry, clicks, SCHEMAS) == plan_subjects(clicks, SCHEMAS)


def test_records_that_belong_to_no_dataset_have_a_promise_of_their_own(clicks: Stream) -> None:
    plans = {plan.subject: plan for plan in plan_subjects(clicks, SCHEMAS)}

    for subject, name in (("dlq.clicks-value", "dead_letter"), ("dropped.clicks-value", "dropped")):
        assert plans[subject].schemas == platform_schemas(SCHEMAS, name)
        assert plans[subject].compatibility == PLATFORM_COMPATIBILITY


def test_the_versions_of_a_dead_letter_keep_their_promise() -> None:
    """Whoever reads the topic with one version reads what was written with another, both ways."""
    versions = platform_schemas(SCHEMAS, "dead_letter")

    assert versions[-1] == platform_schema(SCHEMAS, "dead_letter") and len(versions) > 1
    assert not broken_promises(dict(enumerate(versions)), PLATFORM_COMPATIBILITY)


def test_the_registry_holds_nothing_of_records_in_json(meters: Stream) -> None:
    subjects = [plan.subject for plan in plan_subjects(meters, SCHEMAS)]

    assert subjects == ["silver.meters-value", "dlq.meters-value", "dropped.meters-value"]


class Registry:
    """Holds what is registered, and which subjects were written to."""

    def __init__(self, theirs: AvroSchema) -> None:
        self.theirs = theirs
        self.written: list[str] = []

    def __enter__(self) -> "Registry":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def versions(self, subject: str) -> list[int]:
        return [1] if subject == "raw.orders-value" else []

    def written_with(self, subject: str, version: int) -> RegisteredSchema:
        assert subject == "raw.orders-value"
        return RegisteredSchema(7, version, self.theirs)

    def lookup(self, _subject: str, _schema: AvroSchema) -> int | None:
        return None

    def incompatibilities(self, _subject: str, _schema: AvroSchema) -> list[str]:
        return []

    def register(self, subject: str, _schema: AvroSchema) -> int:
        self.written.append(subject)
        return 100 + len(self.written)

    def set_compatibility(self, subject: str, _level: str) -> None:
        self.written.append(subject)


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """Contracts in which the records of orders are their producers'."""
    schemas = Path(shutil.copytree(SCHEMAS, tmp_path / "schemas"))
    spoil(schemas / "orders" / "contract.yaml", "name: raw.orders", "name: raw.orders\n  registered_by: producers")
    return schemas


def _register(monkeypatch: pytest.MonkeyPatch, schemas: Path, registry: Registry, topics: list[str]) -> Registration:
    monkeypatch.setattr(register_module, "RegistryClient", lambda _: registry)
    monkeypatch.setattr(kafka_topics, "existing_topics", lambda _: frozenset(topics))
    monkeypatch.setattr(
        register_module, "create_topics", lambda _, plans: TopicReport([plan.name for plan in plans], [], [])
    )
    return register_all(Settings(), schemas, ["orders"])


def test_the_producers_subject_is_looked_at_and_nothing_is_written_to_it(
    monkeypatch: pytest.MonkeyPatch, theirs: Path, orders: Stream
) -> None:
    registry = Registry(orders.latest)
    done = _register(monkeypatch, theirs, registry, ["raw.orders"])
    assert done.subjects[0] == SubjectReport("raw.orders-value", [7], 0)
    assert "raw.orders-value" not in registry.written
    assert {"silver.orders-value", "dlq.orders-value"} <= set(registry.written)


def test_a_streams_registration_makes_what_its_dead_letters_states_are_kept_in(
    monkeypatch: pytest.MonkeyPatch, theirs: Path, orders: Stream
) -> None:
    done = _register(monkeypatch, theirs, Registry(orders.latest), ["raw.orders"])

    assert done.topics.created[-2:] == ["audit.dead_letters", "audit.actions"]
    assert [report.subject for report in done.subjects[-2:]] == ["audit.dead_letters-value", "audit.actions-value"]


def test_nothing_is_registered_if_the_contract_cannot_read_their_newest_records(
    monkeypatch: pytest.MonkeyPatch, theirs: Path, orders: Stream
) -> None:
    registry = Registry({**orders.latest, "fields": orders.latest["fields"][1:]})
    with pytest.raises(ContractError, match=r"version 1 of the subject raw\.orders-value.*order_id is not written"):
        _register(monkeypatch, theirs, registry, ["raw.orders"])
    assert registry.written == []


def test_a_topic_of_producers_is_never_made_here(monkeypatch: pytest.MonkeyPatch, theirs: Path, orders: Stream) -> None:
    registry = Registry(orders.latest)
    with pytest.raises(ContractError, match=r"no topic raw\.orders, which its producers should have"):
        _register(monkeypatch, theirs, registry, [])
    assert registry.written == []
