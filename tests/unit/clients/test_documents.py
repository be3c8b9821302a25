"""What OpenSearch's answers about single documents mean."""

import re
from fnmatch import fnmatch
from typing import Any

import pytest

from tests.contracts import SCHEMAS
from tidegate.clients import documents
from tidegate.clients.documents import (
    ARGUMENT_OF_THE_DOCUMENT,
    ASIDE,
    OF_THE_DOCUMENT,
    Answer,
    Document,
    DocumentClient,
    Held,
)
from tidegate.clock import now_ms
from tidegate.errors import TransientError
from tidegate.settings import Settings

REFUSALS = SCHEMAS.parent / "connectors/sql/src/main/java/io/tidegate/connectors/opensearch/Refusals.java"
A = Document("events-clicks-2026.11.29", "a", b'{"n":1}', 7)
B = Document("events-clicks-2026.11.30", "b", b'{"n":2}', 8)


class FakeServer:
    """Answers by what it is given, and keeps what it was asked."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: dict[str, Any] = {}
        self.indices = FakeIndices()

    def mget(self, body: Any) -> Any:
        self.asked["mget"] = body
        return self.answers["mget"]

    def bulk(self, body: Any) -> Any:
        self.asked["bulk"] = body
        return self.answers["bulk"]


def client_of(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> DocumentClient:
    monkeypatch.setattr(documents, "connect", lambda *_, **__: server)
    return DocumentClient(Settings())


def test_the_job_and_the_redrive_agree_on_what_is_a_documents_own_fault() -> None:
    java = REFUSALS.read_text()
    listed = re.search(r"OF_THE_DOCUMENT = Set.of\((.*?)\);", java, re.DOTALL)
    pattern = re.search(r"Pattern.compile\((.*?)\);", java, re.DOTALL)

    assert listed and {*re.findall(r'"([a-z_]+)"', listed[1])} == OF_THE_DOCUMENT
    assert pattern
    texts = re.findall(r'"((?:[^"\\]|\\.)*)"', pattern[1])
    assert "".join(texts).replace("\\\\", "\\") == ARGUMENT_OF_THE_DOCUMENT.pattern


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"status": 201}, Answer("written")),
        ({"status": 200}, Answer("written")),
        (
            {"status": 409, "error": {"type": "version_conflict_engine_exception", "reason": "later"}},
            Answer("conflict", "later"),
        ),
        (
            {
                "status": 400,
                "error": {"type": "mapper_parsing_exception", "reason": "no", "caused_by": {"reason": "x"}},
            },
            Answer("refused", "mapper_parsing_exception: no; x"),
        ),
        (
            {
                "status": 400,
                "error": {"type": "illegal_argument_exception", "reason": "Document contains an immense term"},
            },
            Answer("refused", "illegal_argument_exception: Document contains an immense term"),
        ),
        (
            {"status": 400, "error": {"type": "illegal_argument_exception", "reason": "node is leaving"}},
            Answer("held back", "illegal_argument_exception: node is leaving"),
        ),
        (
            {"status": 400, "error": {"type": "validation_exception", "reason": "too many shards"}},
            Answer("held back", "validation_exception: too many shards"),
        ),
        (
            {"status": 429, "error": {"type": "rejected_execution", "reason": "full"}},
            Answer("held back", "rejected_execution: full"),
        ),
    ],
)
def test_an_item_of_a_bulk_answer_is_one_of_four(item: dict[str, Any], expected: Answer) -> None:
    assert documents.answered(item) == expected


def test_a_document_is_written_by_its_id_under_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    server = FakeServer(
        bulk={"items": [{"index": {"status": 201}}, {"index": {"status": 409, "error": {"type": "c"}}}]}
    )

    answers = client_of(server, monkeypatch).write([A, B])

    assert [each.kind for each in answers] == ["written", "conflict"]
    assert server.asked["bulk"] == (
        b'{"index": {"_index": "events-clicks-2026.11.29", "_id": "a", "version": 7, "version_type": "external"}}\n'
        b'{"n":1}\n'
        b'{"index": {"_index": "events-clicks-2026.11.30", "_id": "b", "version": 8, "version_type": "external"}}\n'
        b'{"n":2}\n'
    )


def test_what_is_there_is_told_and_an_index_that_is_not_there_has_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"found": True, "_version": 3, "_source": {"n": 1}}
    no_index = {"_index": "i", "_id": "b", "error": {"type": "index_not_found_exception", "reason": "no such index"}}
    server = FakeServer(mget={"docs": [there, no_index, {"found": False}]})

    assert client_of(server, monkeypatch).held([A, B, B]) == [Held(3, {"n": 1}), None, None]


def test_an_index_that_cannot_be_read_is_an_outage_and_not_an_absence(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = {"_index": "i", "_id": "a", "error": {"type": "index_closed_exception", "reason": "closed"}}

    with pytest.raises(TransientError, match="can't say whether it has i/a: closed"):
        client_of(FakeServer(mget={"docs": [closed]}), monkeypatch).held([A])


def test_nothing_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(FakeServer(), monkeypatch)

    assert client.held([]) == []
    assert client.write([]) == []


class FakeIndices:
    """Indices by name, and since when each is there (ms since 1970)."""

    def __init__(self, **made: int) -> None:
        self.made = {name.replace("_", "-"): at for name, at in made.items()}

    def get_settings(self, index: str, name: str) -> Any:
        assert name == "index.creation_date"
        found = {each: at for each, at in self.made.items() if fnmatch(each, index)}
        return {each: {"settings": {"index": {"creation_date": str(at)}}} for each, at in found.items()}

    def get(self, index: str) -> Any:
        return {index: {"settings": {"index": {}}, "mappings": {}}}

    def create(self, index: str, body: Any) -> None:
        assert body["mappings"] == {}
        self.made[index] = now_ms()

    def delete(self, index: str, params: Any) -> None:
        assert params == {"ignore_unavailable": "true"}
        del self.made[index]


def test_what_a_killed_dry_run_left_behind_is_removed_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    server, long_ago = FakeServer(bulk={"items": [{"index": {"status": 201}}]}), now_ms() - 2 * 3_600_000
    server.indices = FakeIndices(tidegate_dry_run_p_1=long_ago, tidegate_dry_run_q_2=now_ms(), events_clicks=long_ago)

    assert client_of(server, monkeypatch).try_out("events-clicks", [A], f"{ASIDE}p-3") == [Answer("written")]
    assert server.indices.made.keys() == {"tidegate-dry-run-q-2", "events-clicks"}
