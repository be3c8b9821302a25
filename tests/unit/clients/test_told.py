"""What the audit tells is read in its order, of one dataset, and read on."""

import pytest

from tests.broker import Broker
from tests.unit.clients.registries import MemoryRegistry
from tidegate.clients import audit, audit_topics, ledger
from tidegate.clients.audit import audited, new_action
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.ledger import LedgerCodec, LedgerRecords
from tidegate.clients.told import ToldReader
from tidegate.contracts.audit_topics import ACTIONS_TOPIC
from tidegate.dead_letters.ledger import Entry, Place, State
from tidegate.dead_letters.told import digest

PLACE = Place("dlq.clicks", 0, 1)
SENT = Entry("sent", "clicks", State.RESOLVED, PLACE, PLACE, 1, "anna", copy=PLACE)


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = MemoryRegistry()
    for module in (audit, audit_topics, ledger):
        monkeypatch.setattr(module, "RegistryClient", lambda _: registry)
    monkeypatch.setattr(audit_topics, "create_topics", lambda *_: None)  # the broker makes them on first use


def park(broker: Broker, dataset: str, *letters: str) -> dict[str, int]:
    """Writes what a person's decision writes; the digests of what went to the ledger."""
    action, codec, written = new_action("park", dataset, "anna"), LedgerCodec(broker.settings), {}
    with audited(broker.settings, action) as counts:
        entries = [SENT, *(Entry(each, dataset, State.PARKED, PLACE, PLACE, 1, "anna") for each in letters)]
        for topic, key, value in LedgerRecords(broker.settings, action).of(entries):
            broker.send(topic, [(0, value)], key)
            if topic != ACTIONS_TOPIC and key != b"sent":
                entry = codec.decode(value)
                assert entry is not None and entry.action_id == action.action_id
                written[key.decode()] = digest(value)
        counts["entries"] = len(letters)
    return written


def test_each_entry_without_a_copy_is_told_of_with_its_action(broker: Broker) -> None:
    park(broker, "orders", "x")
    first = park(broker, "clicks", "a", "b")
    reader = ToldReader(broker.settings, "clicks")
    read = topic_spans(broker.settings, ACTIONS_TOPIC)
    reader.read(read)
    second = park(broker, "clicks", "b")
    after = topic_spans(broker.settings, ACTIONS_TOPIC)
    reader.read({number: (read[number][1], end) for number, (_, end) in after.items()})

    told = reader.told()
    assert told.letter.tolist() == [b"a", b"b", b"b"]
    assert told.digest.tolist() == [first["a"], first["b"], second["b"]]
    assert told.action.tolist() == [0, 0, 1]
    assert [(each.action, each.promised, each.named) for each in reader.actions] == [("park", 2, 2), ("park", 1, 1)]
    assert all(each.has_begun and each.has_ended for each in reader.actions)


def test_what_is_not_committed_is_told_and_not_taken_in(broker: Broker) -> None:
    park(broker, "orders", "x")
    written = park(broker, "clicks", "a")
    reader = ToldReader(broker.settings, "clicks")

    told = reader.uncommitted(topic_spans(broker.settings, ACTIONS_TOPIC))

    assert (told.letter.tolist(), told.digest.tolist()) == ([b"a"], [written["a"]])
    assert (len(reader.told()), reader.actions) == (0, [])
    assert len(reader.uncommitted({})) == 0


def test_an_action_that_has_not_ended_is_known(broker: Broker) -> None:
    with audited(broker.settings, new_action("discard", "clicks")):
        reader = ToldReader(broker.settings, "clicks")
        reader.read(topic_spans(broker.settings, ACTIONS_TOPIC))

    assert reader.unended() == {"discard": 1}
    assert reader.unended(since_ms=1 << 42) == {}
    assert len(reader.told()) == 0
