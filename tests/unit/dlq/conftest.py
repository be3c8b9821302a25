"""A broker with dead letters of clicks and their ledger, and an index over them."""

from pathlib import Path

import pytest

from tests.broker import Broker
from tests.contracts import SCHEMAS
from tests.letters import SCHEMA
from tests.unit.clients.registries import MemoryRegistry
from tests.unit.dlq.served import Served
from tidegate.clients import audit, audit_topics, ledger, ledger_some, letters
from tidegate.dlq import segments


@pytest.fixture
def served(broker: Broker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Served:
    registry = MemoryRegistry()
    registry.register("dlq.clicks-value", SCHEMA)
    for module in (audit, audit_topics, ledger, letters, segments, ledger_some):
        monkeypatch.setattr(module, "RegistryClient", lambda _: registry)
    monkeypatch.setattr(audit_topics, "create_topics", lambda *_: None)  # the broker makes them on first use
    served = Served(broker.settings.model_copy(update={"schemas_dir": SCHEMAS, "home": tmp_path}), broker, registry)
    monkeypatch.setattr(segments, "topic_id", lambda _, topic: served.topic_ids.get(topic, "first"))
    return served
