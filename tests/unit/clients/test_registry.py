"""The registry's answers in our words; the real registry is met in tests/stack/test_contract_register.py."""

import gc
import json
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread
from uuid import UUID

import pytest

from tidegate.avro.writer_types import REFERENCES
from tidegate.clients.registry import RegistryClient
from tidegate.errors import ContractError, TidegateError, TransientError
from tidegate.settings import Settings

SCHEMA = {"type": "record", "name": "R", "fields": [{"name": "id", "type": "string"}]}


Answer = tuple[int, object]


@contextmanager
def _answering(status: int, body: object, others: Mapping[str, Answer] | None = None) -> Iterator[RegistryClient]:
    """A registry that gives the paths in ``others`` their own answers; text is sent as it is."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # connections stay open, as the registry's do

        def answer(self) -> None:
            code, found = (others or {}).get(self.path, (status, body))
            text = found.encode() if isinstance(found, str) else json.dumps(found).encode()
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(code)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

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


def test_its_connection_is_closed_when_the_last_reader_that_holds_it_is_gone() -> None:
    with _answering(200, {"schema": json.dumps(SCHEMA)}) as other:
        client = RegistryClient(other._settings)
        reader = client.by_id
        assert reader(1) == SCHEMA
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always", ResourceWarning)
            del client
            assert reader(1) == SCHEMA
            del reader
            gc.collect()
    assert [str(each.message) for each in told] == []


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


@pytest.mark.parametrize(
    "answer", ["<html>Sign in</html>", [], {}, {"schema": 5}, {"id": "7"}, {"id": 0}, {"id": -1}, None]
)
def test_an_answer_of_something_else_is_an_outage(answer: object) -> None:
    with _answering(200, answer) as client:
        for ask in (lambda: client.by_id(1), lambda: client.lookup("s", SCHEMA), lambda: client.latest("s")):
            with pytest.raises(TransientError, match="no registry would"):
                ask()


def test_a_path_that_a_proxy_does_not_know_is_no_unknown_schema() -> None:
    with _answering(404, "<html>not found</html>") as client, pytest.raises(TidegateError, match="404"):
        client.by_id(1)


@pytest.mark.parametrize(
    ("answer", "schema"),
    [
        ({"schema": 'syntax = "proto3";', "schemaType": "PROTOBUF"}, {"type": "PROTOBUF"}),
        ({"schema": '{"type": "object"}', "schemaType": "JSON"}, {"type": "JSON"}),
        ({"schema": "no schema at all"}, {"type": "no JSON"}),
        ({"schema": "[" * 100_000}, {"type": "no JSON"}),
        ({"schema": json.dumps(SCHEMA), "schemaType": "AVRO"}, SCHEMA),
    ],
)
def test_a_schema_of_another_language_is_none_that_can_be_read_and_no_error(answer: object, schema: object) -> None:
    with _answering(200, answer) as client:
        assert client.by_id(1) == schema


def test_a_schema_comes_with_those_it_refers_to_in_the_order_to_read_them() -> None:
    def referring(name: str, *subjects: str) -> Answer:
        found = {"type": "record", "name": name, "fields": []}
        references = [{"name": each, "subject": each, "version": 1} for each in subjects]
        return 200, {"schema": json.dumps(found), "references": references}

    subjects = {"a": ("b", "c"), "b": ("c",), "c": ("a",)}
    others = {f"/subjects/{name}/versions/1": referring(name, *referred) for name, referred in subjects.items()}
    with _answering(404, {"error_code": 40402}, others | {"/schemas/ids/1": referring("R", "a", "lost")}) as client:
        schema = client.by_id(1)

    assert schema is not None
    assert [each.get("name") for each in schema[REFERENCES]] == ["c", "b", "a", None], (
        "a circle ends, a loss is no error"
    )


@pytest.mark.parametrize("status", [404, 405])
def test_a_guid_is_resolved_where_the_registry_knows_guids(status: int) -> None:
    guid = UUID("00112233-4455-6677-8899-aabbccddeeff")
    known = {f"/schemas/guids/{guid}": (200, {"schema": json.dumps(SCHEMA)})}
    with _answering(status, "no such path", known) as client:
        assert client.by_guid(guid) == SCHEMA
        assert client.by_guid(UUID(int=0)) is None


def test_a_server_that_dawdles_in_the_middle_of_an_answer_is_an_outage() -> None:
    done = Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            while not done.wait(0.02):
                self.wfile.write(b" ")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.handle_request, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        try:
            with RegistryClient(Settings(registry_url=address), timeout_s=0.2) as client, pytest.raises(TransientError):
                client.by_id(1)
        finally:
            done.set()


def test_a_subject_is_deleted_for_good_where_the_registry_keeps_what_was_deleted() -> None:
    gone: Answer = (404, {"error_code": 40401, "message": "no such subject"})
    for others in ({}, {"/subjects/raw.x-value?permanent=true": gone}, {"/subjects/raw.x-value": gone}):
        with _answering(200, [1], others) as client:
            client.delete("raw.x-value")
    with _answering(403, {"message": "not yours"}) as client, pytest.raises(TidegateError, match="not yours"):
        client.delete("raw.x-value")
