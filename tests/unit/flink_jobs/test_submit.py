"""Which datasets a job is started with, where Flink refuses the SQL of one; the rest of a start needs a cluster."""

from pathlib import Path
from typing import Any

import pytest

from flink_jobs import refine, submit
from flink_jobs.job import Arguments, Part
from flink_jobs.sql_error import FLINK_REFUSES
from flink_jobs.submit import attach_all
from tests.unit.sql.visits import stream
from tidegate.errors import ContractError
from tidegate.settings import Settings


def parts(*names: str) -> list[Part]:
    settings = Settings(schemas_dir=Path("schemas"))
    return [Part(refine.JOB, stream(dataset=name), settings) for name in names]


@pytest.fixture(autouse=True)
def planner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuses datasets that are named so; Flink's own planner is in ``tests/flink``."""

    def attach(part: Part, *_environments: Any) -> None:
        if part.dataset.name.startswith("bad"):
            raise FLINK_REFUSES[-1]("Column 'colour' not found in any table")

    monkeypatch.setattr(submit, "attach", attach)


def attached(arguments: Arguments, *names: str) -> list[str]:
    return attach_all(parts(*names), arguments, None, None)


ALL = Arguments((), "latest", False, False)


def test_a_dataset_whose_sql_flink_refuses_stops_no_other_and_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert attached(ALL, "good", "bad", "better") == ["good", "better"]

    told = capsys.readouterr().err
    assert "bad is left out: Flink refuses the SQL of bad: Column 'colour' not found in any table." in told
    assert "`tidegate contract check bad` says where." in told


def test_one_that_was_asked_for_by_name_is_an_error() -> None:
    with pytest.raises(ContractError, match="Flink refuses the SQL of bad"):
        attached(Arguments(("good", "bad"), "latest", False, False), "good", "bad")


def test_a_job_of_nothing_is_not_started() -> None:
    with pytest.raises(ContractError, match="Flink refuses the SQL of bad_too"):
        attached(ALL, "bad", "bad_too")
