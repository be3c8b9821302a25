"""Which datasets run where, by what the jobs tell of themselves."""

import pytest

from tidegate.clients.flink import FlinkClient, FlinkJob
from tidegate.errors import TidegateError
from tidegate.jobs.live import LiveJob, live_jobs, of_dataset
from tidegate.settings import Settings

JOBS = [
    FlinkJob("1", "refine", "RUNNING", 0),
    FlinkJob("2", "refine.readings", "RESTARTING", 0),
    FlinkJob("3", "lake", "CANCELED", 0),
    FlinkJob("4", "somebody else's", "RUNNING", 0),
]
TOLD = {"1": {"tidegate.run-id": "r", "tidegate.dataset.clicks": "abc"}, "2": {"tidegate.dataset.readings": "def"}}


@pytest.fixture
def flink(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FlinkClient, "jobs", lambda _client: JOBS)
    monkeypatch.setattr(FlinkClient, "parameters", lambda _client, job_id: TOLD[job_id])


@pytest.mark.usefixtures("flink")
def test_jobs_of_the_pipeline_that_have_not_ended_are_told_with_their_datasets() -> None:
    assert live_jobs(Settings()) == [
        LiveJob("refine", "1", "refine", {"clicks": "abc"}),
        LiveJob("refine.readings", "2", "refine", {"readings": "def"}),
    ]


@pytest.mark.usefixtures("flink")
def test_one_that_ends_meanwhile_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_client: FlinkClient, job_id: str) -> dict[str, str]:
        raise TidegateError(f"Flink answered 404 to GET /jobs/{job_id}/config.", remedy="-")

    monkeypatch.setattr(FlinkClient, "parameters", gone)
    assert not any(job.tells for job in live_jobs(Settings()))


def test_a_dataset_is_looked_for_first_where_it_surely_is() -> None:
    old, own = LiveJob("refine", "1", "refine"), LiveJob("refine.readings", "2", "refine", {"readings": "def"})
    assert of_dataset([old, own], "refine", "readings") is own
    assert of_dataset([old, own], "refine", "clicks") is old, "one of an older version does not tell"
    assert of_dataset([own], "refine", "clicks") is None
    assert of_dataset([old, own], "lake", "readings") is None
