"""Flink's REST API: which jobs run, how they are, and stopping one with a savepoint."""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx

from tidegate.clients import connection
from tidegate.clients.outage import FLINK, outage
from tidegate.errors import TidegateError, TransientError
from tidegate.settings import Settings

_PACKAGE = re.compile(r"\b(?:[a-z_]\w*\.){2,}(?=[A-Z])")
_WRAPPED = re.compile(r"^(?:SerializedThrowable|CompletionException|ExecutionException): (?=\w+(?:Exception|Error)\b)")
_LONGEST_CAUSE = 300
LIVE = frozenset({"INITIALIZING", "CREATED", "RUNNING", "FAILING", "RESTARTING", "SUSPENDED", "RECONCILING"})


@dataclass(frozen=True, slots=True)
class FlinkJob:
    """A job as the cluster knows it."""

    job_id: str
    name: str
    state: str
    start_time_ms: int

    @property
    def live(self) -> bool:
        """Whether it has not ended."""
        return self.state in LIVE


@dataclass(frozen=True, slots=True)
class Vertex:
    """A task of a job: its operators' names in one line, and the ids of the tasks before it."""

    vertex_id: str
    name: str
    inputs: tuple[str, ...]


def job_managers(settings: Settings, *, timeout_s: float) -> "dict[str, FlinkClient]":
    """Every JobManager of the settings: by ``flink`` the only one, or each of several by ``flink HOST:PORT``."""
    urls = [url for each in (settings.flink_rest_urls or "").split(",") if (url := each.strip())]
    if len(urls) < 2:
        only = settings.model_copy(update={"flink_rest_url": urls[0]}) if urls else settings
        return {"flink": FlinkClient(only, timeout_s=timeout_s)}
    return {
        f"flink {url.rpartition('@')[2].rpartition('//')[2].rstrip('/')}": FlinkClient(
            settings.model_copy(update={"flink_rest_url": url}), timeout_s=timeout_s
        )
        for url in urls
    }


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure of a job that it has recovered from, or ended by: when, and the cause of all causes in one line.

    ``trace``: all that Java says of it.
    """

    at_ms: int
    cause: str
    trace: str = field(default="", repr=False, compare=False)


class FlinkClient:
    """Calls the JobManager."""

    def __init__(self, settings: Settings, *, timeout_s: float = 10) -> None:
        self.address = FLINK.address(settings)
        self._settings = settings
        self._http = httpx.Client(**connection.flink(settings), timeout=timeout_s)

    def jobs(self) -> list[FlinkJob]:
        """All jobs the cluster remembers, ended ones too."""
        return [
            FlinkJob(job["jid"], job["name"], job["state"], job["start-time"])
            for job in self._get("/jobs/overview")["jobs"]
        ]

    def live_job(self, name: str) -> FlinkJob | None:
        """The job of that name that has not ended."""
        return next((job for job in self.jobs() if job.name == name and job.live), None)

    def running(self, job_id: str) -> bool:
        """Whether every task of the job runs."""
        job = self._get(f"/jobs/{job_id}")
        return job["state"] == "RUNNING" and all(
            vertex["status"] in ("RUNNING", "FINISHED") for vertex in job["vertices"]
        )

    def begun(self, job_id: str) -> bool:
        """Whether a task of the job runs, or has: those of a batch run one after the other."""
        job = self._get(f"/jobs/{job_id}")
        return any(vertex["status"] in ("RUNNING", "FINISHED") for vertex in job["vertices"])

    def checkpoints(self, job_id: str) -> dict[str, Any]:
        """Checkpoint counts and the latest completed one, as Flink reports them."""
        counts: dict[str, Any] = self._get(f"/jobs/{job_id}/checkpoints")
        return counts

    def parameters(self, job_id: str) -> dict[str, str]:
        """The job's global parameters, as it was submitted with them."""
        found = self._get(f"/jobs/{job_id}/config").get("execution-config", {}).get("user-config", {})
        return {str(name): str(value) for name, value in found.items()}

    def vertices(self, job_id: str) -> list[Vertex]:
        """The job's tasks, as chained, with the tasks they get their records from."""
        job = self._get(f"/jobs/{job_id}")
        inputs = {node["id"]: [edge["id"] for edge in node.get("inputs", [])] for node in job["plan"]["nodes"]}
        return [Vertex(vertex["id"], vertex["name"], tuple(inputs.get(vertex["id"], ()))) for vertex in job["vertices"]]

    def metric_names(self, job_id: str, vertex_id: str) -> list[str]:
        """What can be asked of a task by :meth:`metric_sums`; nothing in its first seconds."""
        return [metric["id"] for metric in self._get(f"/jobs/{job_id}/vertices/{vertex_id}/subtasks/metrics")]

    def metric_sums(self, job_id: str, vertex_id: str, names: Iterable[str]) -> dict[str, float]:
        """The sum over the task's instances of each metric; Flink renews them every ten seconds."""
        query = str(httpx.QueryParams({"get": ",".join(names), "agg": "sum"}))
        found = self._get(f"/jobs/{job_id}/vertices/{vertex_id}/subtasks/metrics?{query}")
        return {metric["id"]: float(metric["sum"]) for metric in found}

    def restarts(self, job_id: str) -> float | None:
        """How often the job was restarted since it was submitted; None while Flink has not counted yet."""
        found = self._get(f"/jobs/{job_id}/metrics?get=numRestarts")
        return next((float(metric["value"]) for metric in found if "value" in metric), None)

    def exceptions(self, job_id: str) -> list[str]:
        """First lines of the job's recent failures, newest first."""
        return [entry["stacktrace"].split("\n", 1)[0] for entry in self._history(job_id)]

    def newest_failure(self, job_id: str) -> Failure | None:
        """The last time the job failed; None if Flink remembers none."""
        return next(iter(self.recent_failures(job_id)), None)

    def recent_failures(self, job_id: str) -> list[Failure]:
        """As far back as Flink remembers (16 by default), the newest first."""
        return [
            Failure(int(entry.get("timestamp", 0)), root_cause(entry["stacktrace"]), entry["stacktrace"])
            for entry in self._history(job_id)
        ]

    def failures(self, job_id: str) -> int:
        """Failures that the job has recovered from, as far back as Flink remembers (16 by default)."""
        return len(self.exceptions(job_id))

    def cancel(self, job_id: str) -> None:
        """Ends the job without a savepoint."""
        self._call("PATCH", f"/jobs/{job_id}", params={"mode": "cancel"})

    def stop(self, job_id: str, target_folder: str, timeout_s: float = 120) -> str:
        """Stops the job with a savepoint and returns the savepoint's path."""
        body = {"targetDirectory": target_folder, "drain": False}
        request = self._call("POST", f"/jobs/{job_id}/stop", json=body).json()["request-id"]
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            answer = self._get(f"/jobs/{job_id}/savepoints/{request}")
            if answer["status"]["id"] == "COMPLETED":
                operation = answer["operation"]
                if "failure-cause" in operation:
                    first = operation["failure-cause"]["stack-trace"].split("\n", 1)[0]
                    cause = first.rsplit("Exception: ", 1)[-1].rstrip(".")
                    raise TidegateError(
                        f"the savepoint failed: {cause}.",
                        remedy="A job that is just recovering takes none: try again in a minute; "
                        "else see `tidegate logs jobmanager`.",
                    )
                return str(operation["location"])
            time.sleep(0.2)
        raise TransientError(
            f"the savepoint was not done within {timeout_s:.0f} s.", remedy="Try again, or stop without."
        )

    def _history(self, job_id: str) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = (
            self._get(f"/jobs/{job_id}/exceptions").get("exceptionHistory", {}).get("entries", [])
        )
        return entries

    def _get(self, path: str) -> Any:
        try:
            return self._call("GET", path).json()
        except ValueError as error:
            raise TidegateError(
                f"what answers at {FLINK.address(self._settings)} is no Flink: {path} is no JSON.",
                remedy="See that TIDEGATE_FLINK_REST_URL names a JobManager.",
            ) from error

    def _call(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        try:
            response = self._http.request(method, path, **arguments)
            response.raise_for_status()
        except httpx.HTTPStatusError as error:
            raise TidegateError(
                f"Flink answered {error.response.status_code} to {method} {path}.",
                remedy="See `tidegate logs jobmanager`.",
            ) from error
        except httpx.HTTPError as error:
            raise outage(FLINK, self._settings, type(error).__name__) from error
        return response


def root_cause(stacktrace: str) -> str:
    """The innermost cause of a Java stack trace in one line, without packages and what only wraps it."""
    lines = [line.strip() for line in stacktrace.splitlines() if line.strip()]
    causes = [line.removeprefix("Caused by: ") for line in lines if line.startswith("Caused by: ")]
    cause = _PACKAGE.sub("", (causes or lines or ["no reason given"])[-1 if causes else 0])
    while (inner := _WRAPPED.sub("", cause)) != cause:
        cause = inner
    return cause[:_LONGEST_CAUSE].rstrip(". ")
