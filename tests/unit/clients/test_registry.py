"""The registry's answers in our words; the real registry is met in tests/stack/test_contract_register.py."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from tidegate.clients.registry import RegistryClient
from tidegate.errors import ContractError, TidegateError, TransientError
from tidegate.settings import Settings

SCHEMA = {"type": "record", "name": "R", "fields": [{"name": "id", "type": "string"}]}


@contextmanager
def _answering(status: int, body: object) -> Iterator[RegistryClient]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            text = json.dumps(body).encode()
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with RegistryClient(Settings(registry_url=f"http://127.0.0.1:{server.server_port}")) as client:
            yield client
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_no_answer_is_an_outage_that_names_the_address() -> None:
    with RegistryClient(Settings(registry_url="http://127.0.0.1:1")) as client, pytest.raises(TransientError) as caught:
        client.latest("raw.clicks-value")
    assert "http://127.0.0.1:1" in str(caught.value)
    assert "tidegate up" in caught.value.remedy


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_overloaded_registry_is_an_outage(status: int) -> None:
    with _answering(status, {"message": "busy"}) as client, pytest.raises(TransientError, match="busy"):
        client.register("s", SCHEMA)


def test_a_conflict_is_the_contracts_fault() -> None:
    with _answering(409, {"message": "no default"}) as client, pytest.raises(ContractError, match="no default"):
        client.register("s", SCHEMA)


def test_what_is_unknown_is_none() -> None:
    with _answering(404, {"error_code": 40403, "message": "not found"}) as client:
        assert client.by_id(1) is None
        assert client.lookup("s", SCHEMA) is None
        assert client.versions("s") == []
        with pytest.raises(ContractError, match="contract register"):
            client.latest("s")


def test_an_answer_that_is_not_the_api_is_an_error_with_a_remedy() -> None:
    with _answering(400, ["what?"]) as client, pytest.raises(TidegateError) as caught:
        client.register("s", SCHEMA)
    assert not isinstance(caught.value, TransientError)
    assert "TIDEGATE_REGISTRY_URL" in caught.value.remedy
