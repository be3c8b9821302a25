"""Datasets whose refine job has ended past its error budget."""

from collections.abc import Iterator, Mapping

from tidegate import metric_names
from tidegate.clients.flink import FlinkClient
from tidegate.job_names import REFINE, job_of
from tidegate.jobs.ended import why_ended
from tidegate.monitor.reading import Reader, Sample, Server


class BudgetStopReader(Reader):
    """Looks at the newest run of each refine job, and asks once why one has failed."""

    name = "error budgets"

    def __init__(self, clients: Mapping[Server, FlinkClient], every_s: float) -> None:
        self.every_s = every_s
        self._clients = list(clients.values())
        self._why: dict[str, str | None] = {}

    def read(self) -> Iterator[Sample]:
        """1 for each such dataset, until its job runs again.

        Raises:
            TidegateError: a JobManager does not answer.
        """
        for client in self._clients:
            newest = {job.name: job for job in sorted(client.jobs(), key=lambda job: job.start_time_ms)}
            for job in newest.values():
                if job_of(job.name) != REFINE or job.state != "FAILED":
                    continue
                if job.job_id not in self._why:
                    ended = why_ended(client, job)
                    self._why[job.job_id] = ended.dataset if ended else None
                if dataset := self._why[job.job_id]:
                    yield Sample(metric_names.ERROR_BUDGET_STOPPED, (dataset,), 1.0)
