"""Flink's answers as values, and its errors in our words."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tidegate.clients.flink import Failure, FlinkClient, FlinkJob, Vertex, job_managers, root_cause
from tidegate.errors import TidegateError, TransientError
from tidegate.settings import Settings

OVERVIEW = {
    "jobs": [
        {"jid": "a", "name": "refine", "state": "CANCELED", "start-time": 1},
        {"jid": "b", "name": "refine", "state": "RESTARTING", "start-time": 2},
    ]
}
JOB = {
    "state": "RUNNING",
    "vertices": [
        {"id": "s", "name": "Source: raw", "status": "RUNNING"},
        {"id": "w", "name": "silver: Writer", "status": "FINISHED"},
    ],
    "plan": {"nodes": [{"id": "s"}, {"id": "w", "inputs": [{"id": "s"}]}]},
}
BATCH, WAITING = (
    {
        "state": "RUNNING",
        "vertices": [
            {"id": "s", "name": "Source: rows", "status": first},
            {"id": "w", "name": "figures: Writer", "status": "CREATED"},
        ],
    }
    for first in ("RUNNING", "SCHEDULED")
)
EXCEPTIONS = {
    "exceptionHistory": {
        "entries": [{"stacktrace": "java.io.IOException: full\n\tat x", "timestamp": 7}, {"stacktrace": "older"}]
    }
}
SUMS = [{"id": "numRecordsIn", "sum": 7}]
STOPPED = {"status": {"id": "COMPLETED"}, "operation": {"location": "file:///savepoints/1"}}
FAILED = {
    "status": {"id": "COMPLETED"},
    "operation": {"failure-cause": {"stack-trace": "x.CompletionException: y.CheckpointException: too early.\n\tat z"}},
}
ANSWERS = {
    "/jobs/overview": OVERVIEW,
    "/jobs/b": JOB,
    "/jobs/batch": BATCH,
    "/jobs/waiting": WAITING,
    "/jobs/b/exceptions": EXCEPTIONS,
    "/jobs/b/metrics?get=numRestarts": [{"id": "numRestarts", "value": "3"}],
    "/jobs/a/metrics?get=numRestarts": [],
    "/jobs/b/vertices/w/subtasks/metrics?get=numRecordsIn&agg=sum": SUMS,
    "/jobs/b/stop": {"request-id": "r"},
    "/jobs/b/savepoints/r": STOPPED,
    "/jobs/early/stop": {"request-id": "r"},
    "/jobs/early/savepoints/r": FAILED,
}


class JobManager(BaseHTTPRequestHandler):
    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = json.dumps(ANSWERS.get(self.path, {})).encode()
        self.send_response(200 if self.path in ANSWERS else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PATCH = answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def flink() -> Iterator[FlinkClient]:
    with ThreadingHTTPServer(("127.0.0.1", 0), JobManager) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield FlinkClient(Settings(flink_rest_url=f"http://127.0.0.1:{server.server_port}/"))
        server.shutdown()


def test_the_live_job_of_a_name_is_the_one_that_has_not_ended(flink: FlinkClient) -> None:
    assert flink.live_job("refine") == FlinkJob("b", "refine", "RESTARTING", 2)
    assert flink.live_job("lake") is None


def test_a_job_runs_if_all_its_tasks_do(flink: FlinkClient) -> None:
    assert flink.running("b")
    assert flink.vertices("b") == [Vertex("s", "Source: raw", ()), Vertex("w", "silver: Writer", ("s",))]
    assert flink.metric_sums("b", "w", ["numRecordsIn"]) == {"numRecordsIn": 7.0}


def test_a_batch_has_begun_with_the_first_of_its_tasks(flink: FlinkClient) -> None:
    assert [flink.begun(name) for name in ("b", "batch", "waiting")] == [True, True, False]
    assert not flink.running("batch")


def test_a_failure_is_told_by_its_first_line(flink: FlinkClient) -> None:
    assert flink.exceptions("b") == ["java.io.IOException: full", "older"]
    assert flink.failures("b") == 2
    assert flink.newest_failure("b") == Failure(7, "IOException: full")
    assert [each.trace for each in flink.recent_failures("b")][1] == "older"


def test_a_stop_waits_for_its_savepoint(flink: FlinkClient) -> None:
    assert flink.stop("b", "file:///savepoints") == "file:///savepoints/1"


def test_a_savepoint_that_fails_says_why(flink: FlinkClient) -> None:
    with pytest.raises(TidegateError, match=r"the savepoint failed: too early\. .*try again in a minute"):
        flink.stop("early", "file:///savepoints")


def test_a_refusal_is_no_outage(flink: FlinkClient) -> None:
    with pytest.raises(TidegateError, match="Flink answered 404 to PATCH /jobs/unknown") as caught:
        flink.cancel("unknown")
    assert not isinstance(caught.value, TransientError)


def test_a_cluster_that_is_away_is_an_outage(nobody: Settings) -> None:
    with pytest.raises(TransientError, match=r"Flink at http://127\.0\.0\.1:1 does not answer \(ConnectError\)"):
        FlinkClient(nobody).jobs()


def test_restarts_are_told_once_flink_has_counted_them(flink: FlinkClient) -> None:
    assert (flink.restarts("b"), flink.restarts("a")) == (3.0, None)


def test_every_job_manager_of_the_settings_is_known_by_its_address() -> None:
    urls = "http://refine-rest:8081/, http://ann:secret@lake-rest:8081"
    assert list(job_managers(Settings(flink_rest_urls=urls), timeout_s=1)) == [
        "flink refine-rest:8081",
        "flink lake-rest:8081",
    ]
    assert list(job_managers(Settings(), timeout_s=1)) == ["flink"]
    assert list(job_managers(Settings(flink_rest_urls="http://only:8081"), timeout_s=1)) == ["flink"]


@pytest.mark.parametrize(
    ("stacktrace", "cause"),
    [
        (
            "org.apache.flink.runtime.JobException: Recovery is suppressed\n\tat a.b.C(D.java:1)\n"
            "Caused by: org.apache.flink.util.FlinkRuntimeException: Failed to list topic partitions\n\tat x\n"
            "Caused by: org.apache.flink.util.SerializedThrowable: java.util.concurrent.ExecutionException: "
            "org.apache.kafka.common.errors.UnknownTopicOrPartitionException: This server does not host this topic.\n"
            "\t... 7 more",
            "UnknownTopicOrPartitionException: This server does not host this topic",
        ),
        ("java.lang.RuntimeException: file:/tmp/a.b.c is full\n\tat x", "RuntimeException: file:/tmp/a.b.c is full"),
        ("", "no reason given"),
    ],
)
def test_the_cause_of_all_causes_is_one_line(stacktrace: str, cause: str) -> None:
    assert root_cause(stacktrace) == cause
