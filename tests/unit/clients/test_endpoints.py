"""Servers that are not of a local stack are asked at the addresses of the settings."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.frozen_server import HALF_AN_ANSWER, frozen_server
from tidegate.clients import endpoints
from tidegate.clients.endpoints import SERVERS, are_elsewhere, ask, has_local_stack
from tidegate.settings import STACK_FILE, Settings

NOWHERE = "http://127.0.0.1:1"
STATUS = {"/": 403, "/v1/config": 401, "/subjects": 200, "/jobs/overview": 200, "/events-*/_count": 200, "/old": 404}
BODIES = {"/jobs/overview": {"jobs": []}, "/events-*/_count": {"count": 0}}


class Servers(BaseHTTPRequestHandler):
    """What each server says to its question, all behind one port."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].replace("%2A", "*")
        body = json.dumps(BODIES.get(path, [])).encode()
        self.send_response(STATUS.get(path, 404))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 - OpenSearch's client asks for a count by either

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kafka's client waits until the last moment for a broker that refuses it."""
    monkeypatch.setattr("tidegate.clients.kafka_offsets.TIMEOUT_S", 0.3)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Servers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def settings(home: Path, url: str, **changes: str) -> Settings:
    """All servers at one address, but Kafka, which is nowhere."""
    addresses = dict.fromkeys((server.setting for server in SERVERS.values()), url) | {
        "kafka_bootstrap_servers": "127.0.0.1:1"
    }
    return Settings.model_validate({"home": home, **addresses, **changes})


def test_each_address_is_asked_and_one_that_is_away_hides_no_other(tmp_path: Path, url: str) -> None:
    answers = ask(settings(tmp_path, url))

    assert {answer.name: answer.healthy for answer in answers} == dict.fromkeys(SERVERS, True) | {"kafka": False}
    assert answers[0].detail.startswith("Kafka at 127.0.0.1:1 does not answer")
    assert {answer.address for answer in answers[1:]} == {url}


def test_an_address_where_something_else_answers_is_not_healthy(tmp_path: Path, url: str) -> None:
    answers = ask(settings(tmp_path, url, registry_url=f"{url}/apis", flink_rest_url=f"{url}/flink"))

    assert {answer.name for answer in answers if not answer.healthy} == {"kafka", "registry", "flink"}
    assert "refuses /subjects with 404" in next(answer.detail for answer in answers if answer.name == "registry")


def test_a_password_in_an_address_is_not_shown(tmp_path: Path) -> None:
    answers = ask(settings(tmp_path, "http://ann:open-sesame@127.0.0.1:1"))

    assert [answer.healthy for answer in answers] == [False] * len(SERVERS)
    assert "open-sesame" not in repr(answers)


def test_servers_are_elsewhere_if_an_address_says_so_and_there_is_no_local_stack(tmp_path: Path) -> None:
    fresh = Settings.model_validate({"home": tmp_path})
    given = settings(tmp_path, NOWHERE)
    assert (are_elsewhere(fresh), are_elsewhere(given)) == (False, True)

    (tmp_path / STACK_FILE).write_text("{}")

    assert has_local_stack(given) and not are_elsewhere(given)


@pytest.mark.parametrize("said", [b"", HALF_AN_ANSWER], ids=["silent", "half an answer"])
def test_servers_that_hang_are_told_each_by_name(said: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "DEADLINE_S", 0.5)
    with frozen_server(said) as port:
        given = settings(tmp_path, f"http://127.0.0.1:{port}", kafka_bootstrap_servers=f"127.0.0.1:{port}")
        started_s = time.monotonic()
        answers = ask(given)
        assert time.monotonic() - started_s < 5
    assert [(answer.name, answer.healthy) for answer in answers] == [(name, False) for name in SERVERS]
    hanging = [answer.detail for answer in answers if answer.name != "kafka"]
    assert all(f"127.0.0.1:{port} has not answered within 0.5 s: it hangs" in detail for detail in hanging)


def test_a_page_in_place_of_an_answer_is_told_and_hides_no_other(tmp_path: Path) -> None:
    """A proxy says 200 to everything."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "6")
            self.end_headers()
            self.wfile.write(b"<html>")

        do_POST = do_GET  # noqa: N815 - as above

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        answers = {each.name: each for each in ask(settings(tmp_path, f"http://127.0.0.1:{server.server_port}"))}
        server.shutdown()
    assert {name: answers[name].healthy for name in ("registry", "opensearch", "flink")} == {
        "registry": False,
        "opensearch": False,
        "flink": False,
    }
    assert "is no Flink" in answers["flink"].detail


def test_every_job_manager_is_asked_at_its_own_address(tmp_path: Path, url: str) -> None:
    answers = ask(settings(tmp_path, url, flink_rest_urls=f"{url},{NOWHERE}"))
    assert [(answer.address, answer.healthy) for answer in answers if answer.name == "flink"] == [
        (url, True),
        (NOWHERE, False),
    ]
