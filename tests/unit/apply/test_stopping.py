"""Whether a job can be asked for a savepoint."""

import pytest

from tidegate.apply.stopping import makes_savepoint
from tidegate.clients.flink import FlinkClient, FlinkJob
from tidegate.settings import Settings


class Cluster(FlinkClient):
    """Runs refine well; lake starts again and again."""

    def jobs(self) -> list[FlinkJob]:
        return [FlinkJob("1", "refine", "RUNNING", 0), FlinkJob("2", "lake", "RESTARTING", 0)]

    def running(self, job_id: str) -> bool:
        return job_id == "1"


@pytest.mark.parametrize(("name", "expected"), [("refine", True), ("lake", False), ("index", False)])
def test_only_one_that_runs_makes_one(name: str, expected: bool) -> None:
    assert makes_savepoint(Cluster(Settings()), name) is expected
