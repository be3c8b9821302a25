"""A plan of documents, an index in memory and a ledger that is only noted, for tests."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pytest

from tests.contracts import SCHEMAS
from tests.unit.redrive.letters import letter
from tidegate.clients.documents import Answer, Document, Held
from tidegate.contracts.load import load_stream
from tidegate.dead_letters.ledger import Entry, Place
from tidegate.redrive import document_run, document_trial, running
from tidegate.redrive.plan import PlannedLetter, RedrivePlan
from tidegate.settings import Settings

ORDERS = load_stream(SCHEMAS, "orders")
INDEX = "events-orders-2026.11.29"


def row(number: int) -> dict[str, Any]:
    place = {"_source_topic": "raw.orders", "_source_partition": 0, "_source_offset": number}
    of = {"customer_id": f"customer-{number}", "order_id": f"o{number}", "status": "paid", "line_number": 1}
    return {**place, **of, "order_time": "2026-11-29T08:00:00.000Z"}


class Documents:
    """Letters 0 to ``count`` of a plan; ``refuses`` and ``holds_back`` by a document's id."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
        self.plan = RedrivePlan("p", "orders", 1, "anna", "", None, None, tuple(map(self._planned, range(count))))
        self.held_by_id: dict[str, Held] = {}
        self.refuses: set[str] = set()
        self.holds_back: set[str] = set()
        self.expired: set[int] = set()
        self.asked: list[int] = []
        self.ledger: dict[str, Entry] = {}
        self.fails_to_record = False
        for module in (document_run, document_trial):
            monkeypatch.setattr(module, "DocumentClient", lambda _: self)
            monkeypatch.setattr(module, "read_planned", self._read)
        monkeypatch.setattr(running, "Sender", lambda *_: self)
        monkeypatch.setattr(running, "ledger_of", lambda *_: dict(self.ledger))

    def held(self, documents: Sequence[Document]) -> list[Held | None]:
        return [self.held_by_id.get(each.id) for each in documents]

    def write(self, documents: Sequence[Document]) -> list[Answer]:
        return [self._write(each) for each in documents]

    def try_out(self, index: str, documents: Sequence[Document], aside: str) -> list[Answer]:
        assert index == INDEX and aside.startswith("tidegate-dry-run-p-")
        self.asked.append(len(documents))
        return [self._answer(each) for each in documents]

    def record(self, entries: Iterable[Entry]) -> None:
        if self.fails_to_record:
            raise KeyboardInterrupt
        self.ledger |= {entry.dead_letter_id: entry for entry in entries}

    def _write(self, document: Document) -> Answer:
        answer = self._answer(document)
        if answer.kind == "written":
            self.held_by_id[document.id] = Held(document.version, json.loads(document.body))
        return answer

    def _answer(self, document: Document) -> Answer:
        if document.id in self.holds_back:
            return Answer("held back", f"validation_exception: {json.loads(document.body)['customer_id']} is too many")
        if document.id not in self.refuses:
            return Answer("written")
        return Answer("refused", f"mapper: no value is '{json.loads(document.body)['customer_id']}'")

    def _read(self, _settings: Settings, letters: Sequence[PlannedLetter]) -> Iterator[tuple[Place, dict[str, Any]]]:
        for each in letters:
            number = each.letter.offset
            if number not in self.expired:
                yield each.letter, self.letter(number)

    @staticmethod
    def letter(number: int) -> dict[str, Any]:
        payload = json.dumps(row(number)).encode()
        return letter(payload, dead_letter_id=f"l{number}", stage="index", failed_at=1_790_000_000_000)

    @staticmethod
    def _planned(number: int) -> PlannedLetter:
        return PlannedLetter(f"l{number}", Place("dlq.orders", 0, number), Place("raw.orders", 0, number), "index", 1)
