"""The newest entry of each letter counts, whatever lies between."""

import pytest

from tests.broker import Broker
from tests.unit.clients.registries import MemoryRegistry
from tidegate.clients import audit_topics, ledger
from tidegate.clients.ledger import LedgerCodec, read_ledger
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
