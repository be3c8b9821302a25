"""Jobs and their checkpoints, and what refine let through: asked of Flink's REST API."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tidegate import metric_names
from tidegate.clients.flink import FlinkClient, FlinkJob, Vertex
from tidegate.job_names import REFINE
from tidegate.monitor.reading import Reader, Sample, Since

_SOURCE = re.compile(r"Source: .*\.(\w+)\.raw_records")
_DEDUPLICATED = "Deduplicate["
_IN, _OUT = (re.compile(rf"Deduplicate.*\.numRecords{side}") for side in ("In", "Out"))
_SILVER = re.compile(r"silver.*Writer\.numRecordsIn")


class JobReader(Reader):
    """``intervals_s`` are the jobs to look after, each with its checkpoint interval."""

    name = "jobs"
    server = "flink"

    def __init__(self, client: FlinkClient, intervals_s: Mapping[str, float], every_s: float) -> None:
        self.every_s = every_s
        self._client = client
        self._intervals_s = intervals_s

    def read(self) -> Iterator[Sample]:
        """Every job that should run; of one that does not, that it is down."""
        live = {job.name: job for job in self._client.jobs() if job.live}
        for name, interval_s in self._intervals_s.items():
            job = live.get(name)
            up = job is not None and self._client.running(job.job_id)
            yield Sample(metric_names.JOB_UP, (name,), float(up))
            yield Sample(metric_names.CHECKPOINT_INTERVAL, (name,), interval_s)
            if job is not None:
                done_s = last_checkpoint_s(job, self._client.checkpoints(job.job_id))
                yield Sample(metric_names.CHECKPOINT_AGE, (name,), Since(done_s))


class RefineReader(Reader):
    """Good rows and duplicates of each dataset, from the counters of refine's operators."""

    name = "refined"

    def __init__(self, client: FlinkClient, every_s: float) -> None:
        self.every_s = every_s
        self._client = client
        self._job_id = ""
        self._vertices: dict[str, Vertex] = {}
        self._names: dict[str, list[str]] = {}

    def read(self) -> Iterator[Sample]:
        """The counters; nothing while refine does not run."""
        job = self._client.live_job(REFINE)
        if job is None:
            return
        if job.job_id != self._job_id:
            self._vertices = deduplications(self._client.vertices(job.job_id))
            self._names, self._job_id = {}, job.job_id
        for dataset, vertex in self._vertices.items():
            wanted = self._names.get(dataset) or counters(self._client.metric_names(job.job_id, vertex.vertex_id))
            if not wanted:
                continue
            self._names[dataset] = wanted
            sums = self._client.metric_sums(job.job_id, vertex.vertex_id, wanted)
            rows, duplicates = refined(sums)
            yield Sample(metric_names.SILVER_ROWS, (dataset,), rows)
            yield Sample(metric_names.DUPLICATES, (dataset,), duplicates)


def last_checkpoint_s(job: FlinkJob, checkpoints: Mapping[str, Any]) -> float:
    """When the newest checkpoint or savepoint was complete (seconds since 1970), or else when the job started."""
    latest = checkpoints.get("latest") or {}
    done_ms = [found["latest_ack_timestamp"] for kind in ("completed", "savepoint") if (found := latest.get(kind))]
    return float(max([job.start_time_ms, *done_ms])) / 1000


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
