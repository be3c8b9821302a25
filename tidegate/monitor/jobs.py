"""Jobs and their checkpoints, and what refine let through: asked of Flink's REST API."""

import math
import re
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from tidegate import metric_names
from tidegate.clients.flink import FlinkClient, FlinkJob, Vertex
from tidegate.deadline import Waited
from tidegate.errors import TidegateError, TransientError
from tidegate.job_names import REFINE
from tidegate.monitor.reading import DEADLINE_S, Reader, Sample, Server, Since

ANSWER_S = 10.0
"""How long one JobManager may take for all that it is asked."""

_SOURCE = re.compile(r"Source: .*\.(\w+)\.raw_records")
_DEDUPLICATED = "Deduplicate["
_IN, _OUT = (re.compile(rf"Deduplicate.*\.numRecords{side}") for side in ("In", "Out"))
_SILVER = re.compile(r"silver.*Writer\.numRecordsIn")


class SeenJob(NamedTuple):
    """A job as its JobManager tells it: moments in seconds since 1970, ``checkpoint_s`` 0 before the first one."""

    up: bool
    started_s: float
    checkpoint_s: float
    restarts: float | None


NOWHERE = SeenJob(False, math.inf, 0.0, None)


class JobReader(Reader):
    """``intervals_s`` are the jobs to look after, each with its checkpoint interval; ``clients`` all JobManagers."""

    name = "jobs"

    def __init__(self, clients: Mapping[Server, FlinkClient], intervals_s: Mapping[str, float], every_s: float) -> None:
        self.every_s = every_s
        self._intervals_s = intervals_s
        self._since_s: dict[str, float] = {}
        self._looks = {
            server: Waited(partial(jobs_of, client, tuple(intervals_s)), f"jobs of {server}")
            for server, client in clients.items()
        }

    def read(self) -> Iterator[Sample]:
        """Every job that should run, and which JobManagers answer.

        A job that none of them knows is down, unless one did not answer: it may be there.

        Raises:
            TidegateError: a JobManager does not answer.
        """
        found: dict[str, SeenJob] = {}
        errors: list[Exception] = []
        for server, look in self._ask():
            if isinstance(look, Exception):
                errors.append(look)
            else:
                found |= look
            yield Sample(metric_names.UP, (server,), float(not isinstance(look, Exception)))
        for name, interval_s in self._intervals_s.items():
            yield Sample(metric_names.CHECKPOINT_INTERVAL, (name,), interval_s)
            if name in found or not errors:
                yield from self._told(name, found.get(name, NOWHERE))
        if errors:
            raise errors[0]

    def _ask(self) -> Iterator[tuple[Server, dict[str, SeenJob] | Exception]]:
        """All at once, each up to the same moment; one that hangs is waited for again the next time."""
        for look in self._looks.values():
            look.begin()
        until_s = time.monotonic() + ANSWER_S
        for server, look in self._looks.items():
            if not look.ended(max(0.0, until_s - time.monotonic())):
                yield (
                    server,
                    TransientError(
                        f"{server} has not answered within {ANSWER_S:g} s.", remedy="Run `tidegate status`."
                    ),
                )
                continue
            try:
                yield server, look.take()
            except Exception as error:  # noqa: BLE001 - whatever one of them says, the others are heard
                yield server, error

    def _told(self, name: str, job: SeenJob) -> Iterator[Sample]:
        """A job that starts again and again has no younger checkpoint for it: the newest one seen counts."""
        yield Sample(metric_names.JOB_UP, (name,), float(job.up))
        known_s = self._since_s.setdefault(name, min(time.time(), job.started_s))
        self._since_s[name] = max(known_s, job.checkpoint_s)
        yield Sample(metric_names.CHECKPOINT_AGE, (name,), Since(self._since_s[name]))
        if job.restarts is not None:
            yield Sample(metric_names.JOB_RESTARTS, (name,), job.restarts)


class RefineReader(Reader):
    """Good rows and duplicates of each dataset, from the counters of refine's operators."""

    name = "refined"

    def __init__(self, clients: Mapping[Server, FlinkClient], every_s: float) -> None:
        self.every_s = every_s
        self.deadline_s = max(DEADLINE_S, 2 * ANSWER_S * len(clients))
        self._clients = list(clients.values())
        self._job_id = ""
        self._vertices: dict[str, Vertex] = {}
        self._names: dict[str, list[str]] = {}

    def read(self) -> Iterator[Sample]:
        """The counters; nothing while refine does not run, and nothing of a dataset whose counters are not whole."""
        client, job = self._find()
        if client is None or job is None:
            return
        if job.job_id != self._job_id:
            self._vertices = deduplications(client.vertices(job.job_id))
            self._names, self._job_id = {}, job.job_id
        for dataset, vertex in self._vertices.items():
            wanted = self._names.get(dataset) or counters(client.metric_names(job.job_id, vertex.vertex_id))
            if not wanted:
                continue
            self._names[dataset] = wanted
            sums = client.metric_sums(job.job_id, vertex.vertex_id, wanted)
            if not all(math.isfinite(sums.get(name, math.nan)) for name in wanted):
                continue
            rows, duplicates = refined(sums)
            yield Sample(metric_names.SILVER_ROWS, (dataset,), rows)
            yield Sample(metric_names.DUPLICATES, (dataset,), duplicates)

    def _find(self) -> tuple[FlinkClient | None, FlinkJob | None]:
        """Refine and its JobManager, which is asked first the next time.

        Raises:
            TransientError: it was not found, and a JobManager did not answer.
        """
        away: TransientError | None = None
        for number, client in enumerate(self._clients):
            try:
                job = client.live_job(REFINE)
            except TransientError as error:
                away = error
                continue
            if job is not None:
                self._clients.insert(0, self._clients.pop(number))
                return client, job
        if away is not None:
            raise away
        return None, None


def jobs_of(client: FlinkClient, names: Collection[str]) -> dict[str, SeenJob]:
    """Those of the named jobs that have not ended; one that ends between two questions is not there."""
    seen = {}
    for job in client.jobs():
        if job.live and job.name in names:
            try:
                seen[job.name] = SeenJob(
                    client.running(job.job_id),
                    job.start_time_ms / 1000,
                    last_checkpoint_s(client.checkpoints(job.job_id)),
                    client.restarts(job.job_id),
                )
            except TransientError:
                raise
            except TidegateError:
                continue
    return seen


def last_checkpoint_s(checkpoints: Mapping[str, Any]) -> float:
    """When the newest checkpoint or savepoint was complete (seconds since 1970); 0 without any."""
    latest = checkpoints.get("latest") or {}
    done_ms = [found["latest_ack_timestamp"] for kind in ("completed", "savepoint") if (found := latest.get(kind))]
    return float(max(done_ms, default=0)) / 1000


def deduplications(vertices: Sequence[Vertex]) -> dict[str, Vertex]:
    """The task of each dataset that deduplicates and writes silver, by the source it gets its records from."""
    by_id = {vertex.vertex_id: vertex for vertex in vertices}
    found = {}
    for vertex in vertices:
        sources = [match for name in vertex.inputs if (match := _SOURCE.search(by_id[name].name))]
        if _DEDUPLICATED in vertex.name and sources:
            found[sources[0][1]] = vertex
    return found


def counters(metric_names: Sequence[str]) -> list[str]:
    """The counters that :func:`refined` needs; none if not all are there yet."""
    patterns = (_IN, _OUT, _SILVER)
    wanted = [name for name in metric_names if any(pattern.fullmatch(name) for pattern in patterns)]
    return wanted if len(wanted) == len(patterns) else []


def refined(sums: Mapping[str, float]) -> tuple[float, float]:
    """Rows written to silver, and records that the deduplication left out.

    The two sides of the deduplication are not read at the same moment, so their difference is never taken below 0.
    """
    total: defaultdict[re.Pattern[str], float] = defaultdict(float)
    for name, value in sums.items():
        for pattern in (_IN, _OUT, _SILVER):
            if pattern.fullmatch(name):
                total[pattern] += value
    return total[_SILVER], max(0.0, total[_IN] - total[_OUT])
