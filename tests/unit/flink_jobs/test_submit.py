"""Which datasets a job is started with, where one of them can't be; the rest of a start needs a cluster."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from flink_jobs import refine, submit
from flink_jobs.job import Arguments, Job, Part
from flink_jobs.sql_error import FLINK_REFUSES
from flink_jobs.submit import attach_all, refused
from tests.unit.sql.visits import stream
from tidegate.errors import TidegateError, TransientError
from tidegate.settings import Settings

ERRORS: dict[str, Exception] = {
    "bad": FLINK_REFUSES[-1]("Column 'colour' not found in any table"),
    "worse": TidegateError("the table can't follow.", remedy="Leave the field as it was."),
    "strange": SyntaxError("invalid syntax (score.py, line 3)"),
    "outage": TransientError("the catalog does not answer.", remedy="Start it."),
}


@pytest.fixture(autouse=True)
def planner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuses datasets that are named so; Flink's own planner is in ``tests/flink``."""

    def attach(part: Part, *_environments: Any) -> None:
        if error := ERRORS.get(part.dataset.name):
            raise error

    monkeypatch.setattr(submit, "attach", attach)


def part(name: str) -> Part:
    if name == "stateless":
        raise TidegateError("refine has written rows of stateless before.", remedy="Name a state.")
    return Part(refine.JOB, stream(dataset=name), Settings(schemas_dir=Path("schemas")))


def attached(*names: str) -> list[str]:
    makers = {name: partial(part, name) for name in names}
    return [each.dataset.name for each in attach_all(refine.JOB, makers, None, None)]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "bad",
            "error: refine is started without bad: Flink refuses its SQL: Column 'colour' not found in any table. "
            "`tidegate contract check bad` says where; mended, it starts with `tidegate run refine`.",
        ),
        ("worse", "error: refine is started without worse: the table can't follow. Leave the field as it was."),
        ("strange", "error: refine is started without strange: SyntaxError: invalid syntax (score.py, line 3). "),
        ("stateless", "error: refine is started without stateless: refine has written rows of stateless before. "),
    ],
)
def test_a_dataset_that_cannot_be_started_stops_no_other_and_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    assert attached("good", name, "better") == ["good", "better"]

    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(said)


def test_an_outage_is_no_datasets_own_trouble() -> None:
    with pytest.raises(TransientError, match="the catalog does not answer"):
        attached("good", "outage")


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (
            "java.lang.IllegalStateException: There is no operator for the state 8f2c",
            "the job refine.orders has state that its SQL has no operator for any more.",
        ),
        (
            "Cannot map checkpoint/savepoint state for operator 8f2c to the new program",
            "the job refine.orders has state that its SQL has no operator for any more.",
        ),
        ("No operators defined", "Flink refuses the job refine.orders: No operators defined."),
    ],
)
def test_a_job_that_flink_refuses_as_a_whole_is_told_in_our_words(said: str, problem: str) -> None:
    assert refused("refine.orders", FLINK_REFUSES[-1](said)).problem == problem


def started(monkeypatch: pytest.MonkeyPatch, outcomes: Mapping[str, bool | Exception]) -> int:
    """The exit code of a program that is to start these jobs, each of which is submitted with that outcome."""

    def submitted(job: Job, _arguments: Arguments, _settings: Settings) -> bool:
        outcome = outcomes[job.name]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(submit, "submit", submitted)
    arguments = Arguments((), "latest", False, False)
    with pytest.raises(SystemExit) as ended:
        submit.run([(replace(refine.JOB, name=name), arguments) for name in outcomes])
    return int(ended.value.code or 0)


def test_a_job_that_fails_stops_no_other_and_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert started(monkeypatch, {"refine": True, "lake": True}) == 0
    assert started(monkeypatch, {"refine": False, "lake": True}) == 1
    assert capsys.readouterr().err == ""
    assert started(monkeypatch, {"refine": ERRORS["worse"], "lake": ERRORS["bad"], "index": True}) == 1
    worse, bad = capsys.readouterr().err.splitlines()
    assert worse == "error: the table can't follow. Leave the field as it was."
    assert bad.startswith("error: Flink refuses the job lake: Column 'colour' not found in any table.")


def test_none_may_be_left(capsys: pytest.CaptureFixture[str]) -> None:
    assert attached("bad", "worse") == []
    assert len(capsys.readouterr().err.splitlines()) == 2
