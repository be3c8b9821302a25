"""What is asked for is what the whole ledger says of it."""

import pytest

from tests.broker import Broker
from tests.unit.clients.registries import MemoryRegistry
from tidegate.clients import audit_topics, ledger, ledger_some
from tidegate.clients.ledger import LedgerCodec, read_ledger
from tidegate.clients.ledger_some import read_entries, read_states
from tidegate.dead_letters.ledger import Entry, Place, State

LETTER = Place("dlq.clicks", 0, 1)


def at(offset: int) -> Place:
    return Place("raw.clicks", 0, offset)


def entry(name: str, state: State, dataset: str = "clicks", copy: Place | None = None) -> Entry:
    return Entry(name, dataset, state, LETTER, at(7), 1, "anna", plan_id="p", copy=copy)


WRITTEN = [
    entry("a", State.IN_FLIGHT, copy=at(20)),
    entry("b", State.PARKED),
    entry("a", State.RESOLVED, copy=at(20)),
    entry("c", State.RESOLVED, copy=at(21)),
    entry("d", State.PARKED, "orders"),
    entry("b", State.DISCARDED),
]


@pytest.fixture(autouse=True)
def written(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    registry = MemoryRegistry()
    for module in (audit_topics, ledger, ledger_some):
        monkeypatch.setattr(module, "RegistryClient", lambda _: registry)
    monkeypatch.setattr(audit_topics, "create_topics", lambda *_: None)  # the broker makes them on first use
    codec = LedgerCodec(broker.settings)
    for each in WRITTEN:
        topic, key, value = codec.encode(each)
        broker.send(topic, [(0, value)], key)
    broker.send("audit.dead_letters", [(0, b"\0\0\0\0\1?"), (1, b"no entry"), (2, None)])


def test_the_states_are_those_of_the_newest_entries_of_the_dataset(broker: Broker) -> None:
    assert read_states(broker.settings, "clicks") == {
        letter: each.state for letter, each in read_ledger(broker.settings, "clicks").items()
    }
    assert read_states(broker.settings, "orders") == {"d": State.PARKED}


def test_only_the_entries_of_the_letters_and_copies_that_are_asked_for_are_given(broker: Broker) -> None:
    whole = read_ledger(broker.settings, "clicks")

    assert read_entries(broker.settings, "clicks", ["a", "b", "nobody"]) == {name: whole[name] for name in ("a", "b")}
    assert read_entries(broker.settings, "clicks", [], [at(21)]) == {"c": whole["c"]}
    assert read_entries(broker.settings, "clicks", [], [Place("raw.other", 0, 21), at(99)]) == {}
    assert read_entries(broker.settings, "clicks", ["d"]) == {}
