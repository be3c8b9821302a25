"""Pages of a scroll: the next is asked for while the last is looked at, and the scroll is ended in any case."""

import json
import threading
from typing import Any

import pytest
from opensearchpy.helpers.errors import ScanError

from tidegate.clients.opensearch_pages import Answer, AsText, of_json, scrolled


class Scroll:
    """Three pages of one document, and how they were asked for."""

    def __init__(self, *, failed: int = 0) -> None:
        self.asked = 0
        self.second = threading.Event()
        self.ended: list[Any] = []
        self._failed = failed

    def page(self, number: int) -> dict[str, Any]:
        shards = {"total": 2, "successful": 2 - self._failed, "skipped": 0}
        hits = [{"_id": f"e{number}"}] if number < 3 else []
        return {"_scroll_id": f"s{number}", "_shards": shards, "hits": {"hits": hits}}

    def scroll(self, body: Any, filter_path: str) -> str:
        assert body["scroll_id"] == f"s{self.asked}"
        assert filter_path == "part"
        self.asked += 1
        self.second.set()
        return json.dumps(self.page(self.asked))

    def clear_scroll(self, body: Any, **_: Any) -> None:
        self.ended.append(body["scroll_id"])


def read(text: str) -> Answer:
    return of_json(json.loads(text))


def test_all_pages_come_in_their_order_and_the_scroll_is_ended() -> None:
    server = Scroll()

    found = [*scrolled(server, lambda: server.page(0), "part", read)]

    assert found == [[{"_id": "e0"}], [{"_id": "e1"}], [{"_id": "e2"}]]
    assert server.ended == [["s3"]]


def test_the_next_page_is_asked_for_before_the_last_one_is_given_back() -> None:
    server = Scroll()
    pages = scrolled(server, lambda: json.dumps(server.page(0)), "part", read)

    assert next(pages) == [{"_id": "e0"}]
    assert server.second.wait(10)
    pages.close()  # type: ignore[attr-defined]
    assert server.ended == [["s0"]]


def test_a_page_of_which_a_shard_is_missing_is_no_page() -> None:
    server = Scroll(failed=1)

    with pytest.raises(ScanError):
        list(scrolled(server, lambda: server.page(0), "part", read))
    assert server.ended == [["s0"]]


def test_a_page_without_documents_is_the_end_only_if_all_shards_say_so() -> None:
    shards = {"total": 2, "successful": 1, "skipped": 1, "failed": 1}
    server = Scroll()

    with pytest.raises(ScanError):
        list(scrolled(server, lambda: {"_scroll_id": "s0", "_shards": shards, "hits": {"hits": []}}, "part", read))
    assert (server.asked, server.ended) == (0, [["s0"]])


def test_answers_are_left_as_text_and_questions_are_json() -> None:
    assert AsText().loads('{"a": 1}') == '{"a": 1}'
    assert AsText().dumps({"a": 1}) == '{"a":1}'
