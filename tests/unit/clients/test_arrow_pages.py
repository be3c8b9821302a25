"""A page read by Arrow says what JSON says of it; one that is not regular is read by JSON."""

import json
from typing import Any

import pytest

from tidegate.clients.arrow_pages import read_answer
from tidegate.clients.opensearch_pages import RegularHits

FIELDS = ("p", "o")
Hit = dict[str, Any]


def hit(number: int, **fields: Any) -> Hit:
    return {"_index": "events-x", "_id": f"e{number}", "fields": {"p": [number % 4], "o": [number], **fields}}


def page(*hits: Hit) -> str:
    shards = {"total": 2, "successful": 2, "skipped": 0, "failed": 0}
    return json.dumps({"_scroll_id": "abc==", "_shards": shards, "hits": {"hits": [*hits]}}, ensure_ascii=False)


def test_a_regular_page_has_ids_and_numbers() -> None:
    answer = read_answer(page(*map(hit, range(3000))), FIELDS)

    assert isinstance(answer.hits, RegularHits)
    assert answer.hits.ids[2999] == "e2999"
    assert answer.hits.numbers["p"].tolist() == [number % 4 for number in range(3000)]
    assert answer.hits.numbers["o"].tolist() == [*range(3000)]
    assert answer.hits.indices(7) == "events-x"
    assert (answer.scroll_id, answer.is_whole) == ("abc==", True)


@pytest.mark.parametrize("identity", ["2026-11-21 10:00:00", "2026-11-21T10:00:00Z", "17", 'ä\\"\n', ""])
def test_an_id_is_a_text_whatever_it_looks_like(identity: str) -> None:
    answer = read_answer(page(hit(1) | {"_id": identity}, hit(2) | {"_id": identity}), FIELDS)

    assert isinstance(answer.hits, RegularHits)
    assert answer.hits.ids == [identity] * 2


@pytest.mark.parametrize(
    "strange",
    [
        hit(1, p=[]),
        hit(1, p=[1, 2]),
        hit(1, p=["three"]),
        hit(1, p=[None]),
        hit(1, o=[1 << 70]),
        hit(1, o=[1.5]),
        {"_index": "events-x", "_id": "e1", "fields": {"p": [1]}},
        {"_index": "events-x", "_id": "e1"},
        {"_index": "events-x", "_id": 7, "fields": {"p": [1], "o": [1]}},
    ],
)
def test_a_page_with_a_document_that_is_not_regular_is_read_by_json(strange: Hit) -> None:
    answer = read_answer(page(hit(0), strange), FIELDS)

    assert answer.hits == [hit(0), strange]
    assert answer.scroll_id == "abc=="


def test_a_page_without_documents_has_none() -> None:
    text = json.dumps({"_scroll_id": "abc==", "_shards": {"total": 1, "successful": 1}})

    assert len(read_answer(text, FIELDS).hits) == 0
    assert len(read_answer(page(), FIELDS).hits) == 0
