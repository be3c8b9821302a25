"""The newest entry of each letter counts, whatever lies between."""

import shutil
from pathlib import Path

import pytest

from tests.broker import Broker
from tests.contracts import SCHEMAS
from tests.unit.clients.registries import MemoryRegistry
from tidegate.clients import audit_topics, ledger
from tidegate.clients.audit import new_action
from tidegate.clients.ledger import LedgerCodec, LedgerRecords, read_ledger
from tidegate.contracts.audit_topics import ACTIONS_TOPIC, LEDGER_TOPIC
from tidegate.dead_letters.ledger import Entry, Place, State

PLACE = Place("dlq.clicks", 0, 1)


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> MemoryRegistry:
    registry = MemoryRegistry()
    monkeypatch.setattr(ledger, "RegistryClient", lambda _: registry)
    monkeypatch.setattr(audit_topics, "RegistryClient", lambda _: registry)
    monkeypatch.setattr(audit_topics, "create_topics", lambda *_: None)  # the broker makes them on first use
    return registry


def entry(name: str, state: State, dataset: str = "clicks") -> Entry:
    return Entry(name, dataset, state, PLACE, PLACE, 1, "anna@desk")


def test_there_is_none_before_the_first(broker: Broker) -> None:
    assert read_ledger(broker.settings) == {}


def test_the_newest_entry_of_a_letter_counts(broker: Broker, registry: MemoryRegistry) -> None:
    codec = LedgerCodec(broker.settings)
    written = [
        entry("a", State.IN_FLIGHT),
        entry("b", State.PARKED, "orders"),
        entry("a", State.RESOLVED),
    ]
    for each in written:
        topic, key, value = codec.encode(each)
        assert codec.decode(value) == each
        broker.send(topic, [(0, value)], key)
    broker.send("audit.dead_letters", [(0, b"\0\0\0\0\1?"), (1, b"no entry"), (2, None)])

    assert registry.registered == ["audit.dead_letters-value"]
    assert read_ledger(broker.settings) == {"a": written[2], "b": written[1]}
    assert read_ledger(broker.settings, "orders") == {"b": written[1]}


def test_an_action_is_told_of_only_where_the_audit_has_a_field_for_it(broker: Broker, tmp_path: Path) -> None:
    (tmp_path / "audit_action").mkdir()
    shutil.copy(SCHEMAS / "audit_action" / "v1.avsc", tmp_path / "audit_action")
    first_version = broker.settings.model_copy(update={"schemas_dir": tmp_path})
    written = {}
    for settings in (broker.settings, first_version):
        records = [*LedgerRecords(settings, new_action("park", "clicks")).of([entry("a", State.PARKED)])]
        named = LedgerCodec(settings).decode(records[0][2])
        written[settings is first_version] = [topic for topic, *_ in records], bool(named and named.action_id)

    assert written == {False: ([LEDGER_TOPIC, ACTIONS_TOPIC], True), True: ([LEDGER_TOPIC], False)}
