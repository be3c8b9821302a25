"""What the tests ask OpenSearch, answered as it does when there is no such index yet (OpenSearch 3)."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.search import buckets
from tidegate.clients.opensearch import SearchClient
from tidegate.settings import Settings

NONE = {
    "took": 0,
    "timed_out": False,
    "_shards": {"total": 0, "successful": 0, "skipped": 0, "failed": 0},
    "hits": {"total": {"value": 0, "relation": "eq"}, "max_score": 0.0, "hits": []},
}
ONE = NONE | {"aggregations": {"asked": {"buckets": [{"key": "shop.example", "doc_count": 2}]}}}


@pytest.fixture
def answers() -> Iterator[tuple[SearchClient, list[dict[str, Any]]]]:
    """A client, and what its server answers, one after the other."""
    queue: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.dumps(queue.pop(0)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield SearchClient(Settings(opensearch_url=f"http://127.0.0.1:{server.server_port}")), queue
        server.shutdown()


def test_an_index_that_is_not_there_yet_has_no_buckets(
    answers: tuple[SearchClient, list[dict[str, Any]]],
) -> None:
    client, queue = answers
    queue += [NONE, ONE]
    assert buckets(client, "metrics-clicks-referring_sites", {"terms": {"field": "site"}}) == []
    assert buckets(client, "metrics-clicks-referring_sites", {"terms": {"field": "site"}}) == [
        {"key": "shop.example", "doc_count": 2}
    ]
