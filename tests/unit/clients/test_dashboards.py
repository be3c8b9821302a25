"""The import, against a server that answers as OpenSearch Dashboards does.

OpenSearch Dashboards itself is in none of the package registries that tests may use. So what it makes of the objects is
not tested; the searches of the charts are, on a real OpenSearch (tests/jobs/test_dashboards.py).
"""

import json
import threading
from collections.abc import Iterator
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from tests.dashboards import exported, saved_objects
from tidegate.clients.dashboards import holds_objects, import_objects
from tidegate.errors import TidegateError, TransientError
from tidegate.search.dashboards.saved_objects import ndjson
from tidegate.settings import Settings

OBJECTS = exported()["clicks"]


class Dashboards(HTTPServer):
    """Keeps the request and gives the answer it is told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status = 200
        self.answer: Any = {"success": True, "successCount": len(OBJECTS)}
        self.path = ""
        self.headers: dict[str, str] = {}
        self.body = b""


class Handler(BaseHTTPRequestHandler):
    server: Dashboards

    def do_POST(self) -> None:
        self.server.path, self.server.headers = self.path, {name.lower(): text for name, text in self.headers.items()}
        self.server.body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.server.answer
        text = answer if isinstance(answer, str) else json.dumps(answer)
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[Dashboards]:
    with Dashboards() as found:
        thread = threading.Thread(target=found.serve_forever)
        thread.start()
        yield found
        found.shutdown()
        thread.join()


def run(server: Dashboards, settings: Settings | None = None) -> int:
    address = {"dashboards_url": f"http://127.0.0.1:{server.server_port}/"}
    return import_objects((settings or Settings()).model_copy(update=address), ndjson(OBJECTS))


def test_the_objects_are_sent_as_one_file_and_replace_what_is_there(server: Dashboards) -> None:
    assert run(server) == len(OBJECTS)
    assert server.path == "/api/saved_objects/_import?overwrite=true"
    assert server.headers["osd-xsrf"] == "true"
    head = f"Content-Type: {server.headers['content-type']}\r\n\r\n".encode()
    (part,) = list(message_from_bytes(head + server.body).walk())[1:]
    assert part.get_filename() == "tidegate.ndjson"
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert saved_objects(payload.decode()) == OBJECTS


def test_the_login_is_that_of_opensearch(server: Dashboards) -> None:
    run(server, Settings.model_validate({"opensearch_user": "ann", "opensearch_password": "secret"}))
    assert server.headers["authorization"] == "Basic YW5uOnNlY3JldA=="


def test_a_refused_object_is_named_with_its_reason(server: Dashboards) -> None:
    error = {"type": "visualization", "id": "x", "error": {"type": "missing_references"}}
    server.answer = {"success": False, "successCount": 0, "errors": [error]}
    with pytest.raises(TidegateError, match=r"refuses visualization x \(missing_references\)"):
        run(server)


@pytest.mark.parametrize(
    ("status", "answer", "kind", "text"),
    [
        (401, {}, TidegateError, "refuses the login"),
        (503, "not ready yet", TransientError, "answers 503"),
        (404, {"statusCode": 404}, TidegateError, "is no OpenSearch Dashboards"),
        (200, "<html>", TidegateError, "is no OpenSearch Dashboards"),
    ],
)
def test_other_answers_are_one_clear_error(
    server: Dashboards, status: int, answer: Any, kind: type[TidegateError], text: str
) -> None:
    server.status, server.answer = status, answer
    with pytest.raises(kind, match=text):
        run(server)


def test_nobody_there_is_an_outage() -> None:
    with pytest.raises(TransientError, match="TIDEGATE_DASHBOARDS_URL"):
        import_objects(Settings(dashboards_url="http://127.0.0.1:1"), ndjson(OBJECTS))


def holds(server: Dashboards, found: list[dict[str, Any]]) -> bool:
    server.answer = {"saved_objects": found}
    return holds_objects(Settings(dashboards_url=f"http://127.0.0.1:{server.server_port}/"), OBJECTS)


def test_objects_that_are_there_as_they_are_need_no_import(server: Dashboards) -> None:
    """Dashboards adds things of its own, such as the fields of an index pattern."""
    there = [each | {"version": "WzEs", "attributes": each["attributes"] | {"fields": "[]"}} for each in OBJECTS]
    assert holds(server, there)
    assert server.path == "/api/saved_objects/_bulk_get"
    assert json.loads(server.body) == [{"type": each["type"], "id": each["id"]} for each in OBJECTS]


def test_one_that_is_missing_or_another_needs_an_import(server: Dashboards) -> None:
    first, *others = OBJECTS
    gone = {"type": first["type"], "id": first["id"], "error": {"statusCode": 404}}
    assert not holds(server, [gone, *others])
    assert not holds(server, [first | {"attributes": first["attributes"] | {"title": "mine"}}, *others])


def test_what_answers_and_is_no_dashboards_is_told_when_asked(server: Dashboards) -> None:
    server.answer = "<html>"
    with pytest.raises(TidegateError, match="is no OpenSearch Dashboards"):
        holds_objects(Settings(dashboards_url=f"http://127.0.0.1:{server.server_port}/"), OBJECTS)
