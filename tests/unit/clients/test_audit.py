"""What is done is written before it begins and when it has ended, also badly."""

import shutil
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.broker import Broker
from tests.contracts import SCHEMAS
from tests.unit.clients.registries import MemoryRegistry
from tidegate.avro.codec import Encoder
from tidegate.clients import audit, audit_topics
from tidegate.clients.audit import audited, default_actor, new_action, read_actions
from tidegate.contracts.load import platform_schemas
from tidegate.errors import TidegateError


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> MemoryRegistry:
    registry = MemoryRegistry()
    monkeypatch.setattr(audit, "RegistryClient", lambda _: registry)
    monkeypatch.setattr(audit_topics, "RegistryClient", lambda _: registry)
    monkeypatch.setattr(audit_topics, "create_topics", lambda *_: None)  # the broker makes them on first use
    return registry


def test_both_ends_of_an_action_are_written(broker: Broker) -> None:
    action = new_action("discard", "clicks", plan_id="p1", detail="reason: a test", counts={"letters": 2})
    with audited(broker.settings, action) as counts:
        assert read_actions(broker.settings) == [action]
        counts["discarded"] = 2

    begun, ended = read_actions(broker.settings)
    assert (begun.phase, begun.counts) == ("begun", {"letters": 2})
    assert (ended.phase, ended.counts) == ("ended", {"discarded": 2})
    assert begun.action_id == ended.action_id and begun.at <= ended.at
    assert ended.actor == default_actor()


def test_what_fails_has_an_end_that_says_so(broker: Broker) -> None:
    with (
        pytest.raises(TidegateError),
        audited(broker.settings, new_action("purge", "clicks", "anna", detail="all")) as counts,
    ):
        counts["purged"] = 1
        raise TidegateError("the disk is full.", remedy="Make room.")

    assert [(action.phase, action.detail) for action in read_actions(broker.settings)] == [
        ("begun", "all"),
        ("ended", "all; it failed: the disk is full. Make room."),
    ]
    assert read_actions(broker.settings)[1].counts == {"purged": 1}


def test_where_the_audit_does_not_tell_of_entries_an_end_promises_none(broker: Broker, tmp_path: Path) -> None:
    (tmp_path / "audit_action").mkdir()
    shutil.copy(SCHEMAS / "audit_action" / "v1.avsc", tmp_path / "audit_action")
    with audited(broker.settings.model_copy(update={"schemas_dir": tmp_path}), new_action("park", "clicks")) as counts:
        counts["letters"] = counts["entries"] = 2

    assert read_actions(broker.settings)[-1].counts == {"letters": 2}


def test_nothing_was_done_before_the_first(broker: Broker) -> None:
    assert read_actions(broker.settings) == []


def test_records_that_are_none_of_ours_and_those_of_a_version_before_are_no_trouble(
    broker: Broker, registry: MemoryRegistry
) -> None:
    action = new_action("park", "clicks")
    first = platform_schemas(SCHEMAS, "audit_action")[0]
    strange = {"type": "record", "name": "Strange", "fields": [{"name": "at", "type": "long"}]}
    for schema, record in ((strange, {"at": 1}), (first, asdict(action))):
        number = registry.register("audit.actions-value", schema)
        broker.send("audit.actions", [(0, Encoder(schema, number).encode(record))])

    assert read_actions(broker.settings) == [action]
