"""Jobs and their checkpoints, and what refine let through: asked of Flink's REST API."""

import math
import re
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from tidegate import metric_names
from tidegate.clients.flink import FlinkClient, FlinkJob, Vertex
from tidegate.deadline import Waited
from tidegate.errors import TidegateError, TransientError
from tidegate.job_names import REFINE, job_of
from tidegate.jobs.fingerprints import datasets_in
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
    datasets: frozenset[str] = frozenset()


NOWHERE = SeenJob(False, math.inf, 0.0, None)


class JobReader(Reader):
    """Looks after the jobs by their names in Flink: ``refine`` and, beside it, ``refine.readings``.

    ``intervals_s`` are the kinds of job, each with its checkpoint interval; ``clients`` all JobManagers; ``datasets``
    gives those that have a contract.
    """

    name = "jobs"

    def __init__(
        self,
        clients: Mapping[Server, FlinkClient],
        intervals_s: Mapping[str, float],
        every_s: float,
        datasets: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self.every_s = every_s
        self._intervals_s = intervals_s
        self._datasets = datasets
        self._seen: dict[str, SeenJob] = {}
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
        self._seen |= found
        for name in self._expected(found, complete=not errors):
            yield Sample(metric_names.CHECKPOINT_INTERVAL, (name,), self._intervals_s[job_of(name)])
            if name in found or not errors:
                yield from self._told(name, found.get(name, NOWHERE))
        if errors:
            raise errors[0]

    def _expected(self, found: Mapping[str, SeenJob], *, complete: bool) -> list[str]:
        """Those that run, those that ran and whose datasets run nowhere now, and of each kind one at least.

        A job whose datasets are gone, or have moved to another, is not expected any more.
        """
        for name, job in [*self._seen.items()] if complete else []:
            kin = (each for other, each in found.items() if job_of(other) == job_of(name))
            left = job.datasets.intersection(self._datasets()).difference(*(each.datasets for each in kin))
            if name not in found and not left:
                del self._seen[name]
        kinds = {job_of(name) for name in self._seen}
        return [*self._seen, *(kind for kind in self._intervals_s if kind not in kinds)]

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
        self._vertices: dict[str, dict[str, Vertex]] = {}
        self._names: dict[tuple[str, str], list[str]] = {}

    def read(self) -> Iterator[Sample]:
        """The counters; nothing while refine does not run, and nothing of a dataset whose counters are not whole."""
        found = self._find()
        ids = {job.job_id for _, job in found}
        self._vertices = {job_id: known for job_id, known in self._vertices.items() if job_id in ids}
        self._names = {place: known for place, known in self._names.items() if place[0] in ids}
        for client, job in found:
            if job.job_id not in self._vertices:
                self._vertices[job.job_id] = deduplications(client.vertices(job.job_id))
            for dataset, vertex in self._vertices[job.job_id].items():
                sums = self._sums(client, job.job_id, vertex)
                if sums:
                    rows, duplicates = refined(sums)
                    yield Sample(metric_names.SILVER_ROWS, (dataset,), rows)
                    yield Sample(metric_names.DUPLICATES, (dataset,), duplicates)

    def _sums(self, client: FlinkClient, job_id: str, vertex: Vertex) -> dict[str, float]:
        """The counters of one dataset; none if they are not whole."""
        place = (job_id, vertex.vertex_id)
        wanted = self._names.get(place) or counters(client.metric_names(*place))
        if not wanted:
            return {}
        self._names[place] = wanted
        sums = client.metric_sums(*place, wanted)
        return sums if all(math.isfinite(sums.get(name, math.nan)) for name in wanted) else {}

    def _find(self) -> list[tuple[FlinkClient, FlinkJob]]:
        """Every job that refines, with its JobManager.

        Raises:
            TransientError: there is none, and a JobManager did not answer.
        """
        away: TransientError | None = None
        found = []
        for client in self._clients:
            try:
                found += [(client, job) for job in client.jobs() if job.live and job_of(job.name) == REFINE]
            except TransientError as error:
                away = error
        if away is not None and not found:
            raise away
        return found


def jobs_of(client: FlinkClient, kinds: Collection[str]) -> dict[str, SeenJob]:
    """The jobs of these kinds that have not ended; one that ends between two questions is not there."""
    seen = {}
    for job in client.jobs():
        if job.live and job_of(job.name) in kinds:
            try:
                seen[job.name] = SeenJob(
                    client.running(job.job_id),
                    job.start_time_ms / 1000,
                    last_checkpoint_s(client.checkpoints(job.job_id)),
                    client.restarts(job.job_id),
                    frozenset(datasets_in(client.parameters(job.job_id))),
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
