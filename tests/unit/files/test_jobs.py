"""Which jobs of a run are ended; that runs are judged and compared: tests/stack/test_files.py."""

from types import SimpleNamespace
from typing import Any

import pytest

from tidegate.files import jobs as module
from tidegate.files.jobs import give_up_documents, give_up_jobs
from tidegate.job_names import FILE_DOCUMENTS, FILE_DUPLICATES, FILES, flink_name
from tidegate.settings import Settings


class Flink:
    """A cluster that ends a job as soon as it is told to."""

    def __init__(self, *jobs: Any) -> None:
        self._jobs = jobs
        self.cancelled: list[str] = []

    def jobs(self) -> Any:
        return self._jobs

    def cancel(self, job_id: str) -> None:
        self.cancelled.append(job_id)
        next(job for job in self._jobs if job.job_id == job_id).live = False


def job(job_id: str, name: str, live: bool = True) -> Any:
    return SimpleNamespace(job_id=job_id, name=name, live=live)


def test_of_a_run_that_is_begun_anew_the_jobs_that_live_are_ended_and_no_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = [job("1", flink_name(FILES, "feed")), job("2", flink_name(FILE_DUPLICATES, "feed"))]
    others = [job("3", flink_name(FILES, "f00d")), job("4", flink_name(FILES, "feed"), live=False), job("5", "refine")]
    flink = Flink(*old, *others)
    monkeypatch.setattr(module, "FlinkClient", lambda _settings: flink)

    give_up_jobs(Settings(), "feed")

    assert flink.cancelled == ["1", "2"]


def test_jobs_that_write_documents_of_a_dataset_are_ended_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    others = [job("2", flink_name(FILE_DOCUMENTS, "sales_b-1")), job("3", flink_name(FILES, "sales-1"))]
    flink = Flink(job("1", flink_name(FILE_DOCUMENTS, "sales-1")), *others)
    monkeypatch.setattr(module, "FlinkClient", lambda _settings: flink)

    give_up_documents(Settings(), "sales")

    assert flink.cancelled == ["1"]
