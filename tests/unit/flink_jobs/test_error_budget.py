"""Whose job a budget may stop; where its operator stands is in ``tests/flink/test_error_budget.py``."""

from pathlib import Path

import pytest

from flink_jobs import lake, refine
from flink_jobs.error_budget import refuse_company
from flink_jobs.job import Job, Part
from tests.unit.sql.visits import stream
from tidegate.errors import ContractError
from tidegate.settings import Settings


def part(job: Job, action: str) -> Part:
    return Part(job, stream(dead_letters={"action": action}), Settings(schemas_dir=Path("schemas")))


def test_a_dataset_that_stops_its_job_shares_it_with_no_other() -> None:
    with pytest.raises(ContractError) as refused:
        refuse_company(part(refine.JOB, "stop"), together=2)
    assert str(refused.value) == (
        "visits stops its job past its error budget (`dead_letters.action: stop`), and others share this one. Start it "
        "in a job of its own, with `--dataset visits`; `tidegate run` does so."
    )
    refuse_company(part(refine.JOB, "stop"), together=1)


def test_other_datasets_and_jobs_are_shared_as_before() -> None:
    refuse_company(part(refine.JOB, "alert"), together=2)
    refuse_company(part(lake.JOB, "stop"), together=2)
