"""The doctor's look at the pipeline, at a JobManager that says what a case is about."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.contracts import SCHEMAS
from tidegate.jobs import examine as module
from tidegate.jobs.examine import examine
from tidegate.jobs.registered import Missing
from tidegate.settings import Settings
from tidegate.stack.doctor import Finding

TRACE = "x.y.JobException: failed\nCaused by: org.apache.kafka.common.errors.UnknownTopicOrPartitionException: no topic"


@pytest.fixture
def jobmanager() -> Iterator[tuple[Settings, dict[str, Any]]]:
    """Settings, and what is answered by path."""
    answers: dict[str, Any] = {"/jobs/overview": {"jobs": []}}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text = json.dumps(answers[self.path]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Settings(flink_rest_url=f"http://127.0.0.1:{server.server_port}", schemas_dir=SCHEMAS), answers
        server.shutdown()


def runs(answers: dict[str, Any], state: str, failed_s_ago: float | None) -> None:
    """A job refine in this state."""
    answers["/jobs/overview"] = {"jobs": [{"jid": "a", "name": "refine", "state": state, "start-time": 1}]}
    answers["/jobs/a"] = {"state": state, "vertices": [{"status": state}]}
    entry = {"stacktrace": TRACE, "timestamp": (time.time() - (failed_s_ago or 0)) * 1000}
    answers["/jobs/a/exceptions"] = {"exceptionHistory": {"entries": [] if failed_s_ago is None else [entry]}}


def of(check: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, *lacking: Missing) -> list[Finding]:
    monkeypatch.setattr(module, "missing", lambda *_: list(lacking))
    return [finding for finding in examine(settings) if finding.check == check]


@pytest.mark.parametrize(("state", "failed_s_ago"), [("RESTARTING", 9000), ("RUNNING", 10)])
def test_a_job_that_fails_again_and_again_is_shown_with_its_cause(
    jobmanager: tuple[Settings, dict[str, Any]], monkeypatch: pytest.MonkeyPatch, state: str, failed_s_ago: float
) -> None:
    settings, answers = jobmanager
    runs(answers, state, failed_s_ago)
    (found,) = of("jobs", settings, monkeypatch)
    assert found.verdict == "failed"
    assert found.detail.endswith("the last: UnknownTopicOrPartitionException: no topic.")


@pytest.mark.parametrize("failed_s_ago", [None, 9000])
def test_a_job_that_has_recovered_is_well(
    jobmanager: tuple[Settings, dict[str, Any]], monkeypatch: pytest.MonkeyPatch, failed_s_ago: float | None
) -> None:
    settings, answers = jobmanager
    runs(answers, "RUNNING", failed_s_ago)
    assert of("jobs", settings, monkeypatch) == [Finding("jobs", "ok", "refine run")]


def test_what_was_never_registered_is_for_later_and_what_lacks_a_part_has_failed(
    jobmanager: tuple[Settings, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, _ = jobmanager
    new = Missing("orders", ("raw.orders",), (), True, ("orders", "products"))
    broken = Missing("clicks", ("silver.clicks",), ("silver.clicks-value",), False, ("clicks",))
    assert of("topics", settings, monkeypatch, new, broken) == [
        Finding("topics", "later", "orders is not registered: `tidegate contract register orders products`"),
        Finding(
            "topics",
            "failed",
            "clicks has no topic silver.clicks and no subject silver.clicks-value.",
            "Run `tidegate contract register clicks`.",
        ),
    ]


def test_servers_that_are_away_are_no_finding_of_their_own() -> None:
    away = {"kafka_bootstrap_servers": "127.0.0.1:1", "flink_rest_url": "http://127.0.0.1:1"}
    found = list(examine(Settings.model_validate({**away, "schemas_dir": SCHEMAS})))
    assert [(each.check, each.verdict) for each in found] == [("topics", "later"), ("jobs", "later")]
