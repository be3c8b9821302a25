"""What the tests of this folder do with letters and their states."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.broker import Broker
from tests.contracts import SCHEMAS
from tests.letters import encoded
from tests.unit.clients.registries import MemoryRegistry
from tidegate.clients.ledger import LedgerCodec
from tidegate.contracts.load import load_stream
from tidegate.dead_letters.ledger import Entry, Place, State
from tidegate.dlq.index import Index, letter_index
from tidegate.settings import Settings


@dataclass
class Served:
    """Settings of a broker and a registry; ``topic_ids`` by topic, where one was made anew."""

    settings: Settings
    broker: Broker
    registry: MemoryRegistry
    topic_ids: dict[str, str] = field(default_factory=dict)

    def send(self, *records: dict[str, Any], partition: int = 0) -> None:
        self.broker.send("dlq.clicks", [(partition, encoded(record)) for record in records])

    def enter(self, record: dict[str, Any], state: State, **more: Any) -> None:
        """Puts the letter into the ledger."""
        source = record["source"]
        place = Place(source["topic"], source["partition"], source["offset"])
        entry = Entry(record["dead_letter_id"], "clicks", state, Place("dlq.clicks", 0, 0), place, 1, "anna", **more)
        topic, key, value = LedgerCodec(self.settings).encode(entry)
        self.broker.send(topic, [(0, value)], key)

    @contextmanager
    def index(self) -> Iterator[Index]:
        with letter_index(self.settings, [load_stream(SCHEMAS, "clicks")]) as index:
            yield index
