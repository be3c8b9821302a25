"""Contracts on the real registry and Kafka: registering is repeatable, and a broken promise is refused."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType

from tests.contracts import copy_of_clicks, spoil
from tidegate.clients.registry import RegistryClient
from tidegate.contracts.load import load_stream
from tidegate.contracts.topics import plan_topics
from tidegate.errors import ContractError, TransientError
from tidegate.registration.register import register_all
from tidegate.settings import Settings


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Folder of a dataset that no other test registers."""
    return copy_of_clicks(tmp_path, f"registered_{uuid4().hex[:8]}")


def _add_version(folder: Path, field: dict[str, object]) -> None:
    schema = json.loads((folder / "v1.avsc").read_text())
    schema["fields"].append(field)
    (folder / "v2.avsc").write_text(json.dumps(schema))


def test_registering_twice_changes_nothing(stack: Settings, dataset: Path) -> None:
    first, second = (register_all(stack, dataset.parent, [dataset.name]) for _ in range(2))
    own = [f"{prefix}.{dataset.name}" for prefix in ("raw", "silver", "dlq", "dropped")]
    topics = [*own, "audit.dead_letters", "audit.actions"]  # these may be there since another dataset's registration
    assert [topic for topic in first.topics.created if topic in own] == own
    assert sorted([*first.topics.created, *first.topics.unchanged]) == sorted(topics)
    assert [report.subject for report in first.subjects] == [f"{topic}-value" for topic in topics]
    assert [report.added for report in first.subjects[:4]] == [1, 1, 2, 1], "dead letters have two versions"
    assert second.topics.created == []
    assert second.topics.unchanged == topics
    assert [(report.schema_ids, report.added) for report in second.subjects] == [
        (report.schema_ids, 0) for report in first.subjects
    ]


def test_topics_are_made_as_planned(stack: Settings, dataset: Path) -> None:
    register_all(stack, dataset.parent, [dataset.name])
    admin = AdminClient({"bootstrap.servers": stack.kafka_bootstrap_servers})
    for plan in plan_topics(load_stream(dataset.parent, dataset.name)):
        resource = ConfigResource(ResourceType.TOPIC, plan.name)
        config = admin.describe_configs([resource])[resource].result()
        assert {key: config[key].value for key in plan.config} == plan.config
        assert len(admin.list_topics(plan.name).topics[plan.name].partitions) == plan.partitions


def test_other_partitions_than_the_contracts_are_warned_of(stack: Settings, dataset: Path) -> None:
    register_all(stack, dataset.parent, [dataset.name])
    spoil(dataset / "contract.yaml", "partitions: 4", "partitions: 6")
    warnings = register_all(stack, dataset.parent, [dataset.name]).topics.warnings
    assert len(warnings) == 4
    assert "has 4 partitions, its contract says 6" in warnings[0]


def test_settings_of_a_topic_made_before_are_warned_of(stack: Settings, dataset: Path) -> None:
    admin = AdminClient({"bootstrap.servers": stack.kafka_bootstrap_servers})
    given = {"message.timestamp.type": "CreateTime", "retention.ms": "3600000", "max.message.bytes": "1000"}
    raw = NewTopic(f"raw.{dataset.name}", num_partitions=4, config=given)
    admin.create_topics([raw])[raw.topic].result()
    warnings = register_all(stack, dataset.parent, [dataset.name]).topics.warnings
    assert sorted(warning.split()[3].partition("=")[0] for warning in warnings) == sorted(given)
    assert all(f"kafka-configs.sh --alter --entity-type topics --entity-name {raw.topic} " in each for each in warnings)


def test_a_compatible_version_is_added(stack: Settings, dataset: Path) -> None:
    register_all(stack, dataset.parent, [dataset.name])
    _add_version(dataset, {"name": "consent", "type": ["null", "boolean"], "default": None})
    raw = register_all(stack, dataset.parent, [dataset.name]).subjects[0]
    with RegistryClient(stack) as registry:
        latest = registry.latest(raw.subject)
        assert (raw.added, latest.version, latest.schema_id) == (1, 2, raw.schema_ids[-1])
        assert registry.by_id(latest.schema_id) == load_stream(dataset.parent, dataset.name).latest


def test_a_version_that_breaks_the_promise_is_refused_by_name(stack: Settings, dataset: Path) -> None:
    register_all(stack, dataset.parent, [dataset.name])
    _add_version(dataset, {"name": "consent", "type": "boolean"})
    with pytest.raises(ContractError, match=r"breaks BACKWARD_TRANSITIVE.*consent") as caught:
        register_all(stack, dataset.parent, [dataset.name])
    assert "default" in caught.value.remedy


def test_the_registry_refuses_it_even_without_us(stack: Settings, dataset: Path) -> None:
    subject = register_all(stack, dataset.parent, [dataset.name]).subjects[0].subject
    _add_version(dataset, {"name": "consent", "type": "boolean"})
    schema = load_stream(dataset.parent, dataset.name).latest
    with RegistryClient(stack) as registry:
        with pytest.raises(ContractError):
            registry.register(subject, schema)
        assert registry.versions(subject) == [1]


def test_an_unknown_id_is_none(stack: Settings) -> None:
    with RegistryClient(stack) as registry:
        assert registry.by_id(2_000_000_000) is None


def test_kafka_away_is_an_outage(stack: Settings, dataset: Path) -> None:
    away = stack.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:1"})
    with pytest.raises(TransientError, match=r"127\.0\.0\.1:1"):
        register_all(away, dataset.parent, [dataset.name])
