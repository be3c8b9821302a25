"""The list of jobs that ``tidegate status`` shows below the servers."""

from rich.console import Console

from tidegate.cli.status import _jobs
from tidegate.errors import TransientError
from tidegate.flink_client import FlinkClient, FlinkJob


class Cluster(FlinkClient):
    """Knows these jobs; with None it does not answer."""

    def __init__(self, jobs: list[FlinkJob] | None) -> None:
        super().__init__("http://127.0.0.1:1")
        self._known = jobs

    def jobs(self) -> list[FlinkJob]:
        if self._known is None:
            raise TransientError("Flink does not answer.", remedy="Start it with `tidegate up`.")
        return self._known

    def failures(self, job_id: str) -> int:
        return 2 if job_id == "b" else 0


def test_each_job_is_listed_once_by_its_newest_run() -> None:
    jobs = [
        FlinkJob("b", "refine", "RUNNING", start_time_ms=20),
        FlinkJob("a", "refine", "CANCELED", start_time_ms=10),
        FlinkJob("c", "lake", "RESTARTING", start_time_ms=15),
    ]

    table = _jobs(Cluster(jobs))

    console = Console(width=80)
    with console.capture() as printed:
        console.print(table)
    lines = [line.split() for line in printed.get().splitlines()]
    assert lines[1:] == [["lake", "RESTARTING", "0", "c"], ["refine", "RUNNING", "2", "b"]]


def test_without_jobs_or_without_flink_nothing_is_listed() -> None:
    assert _jobs(Cluster([])) is None
    assert _jobs(Cluster(None)) is None
