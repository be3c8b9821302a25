"""What fails for one dataset holds up no other; the servers themselves are in ``tests/jobs/test_apply.py``."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.contracts import SCHEMAS
from tidegate.apply import carry_out as module
from tidegate.apply.carry_out import carry_out
from tidegate.apply.job_steps import JobStep
from tidegate.apply.plan import Lacking, Plan
from tidegate.clients.flink import FlinkJob
from tidegate.contracts.dataset import Stream
from tidegate.errors import ContractError, TidegateError
from tidegate.jobs.plan_start import Start
from tidegate.jobs.start import Started
from tidegate.settings import Settings

SETTINGS = Settings(schemas_dir=Path(SCHEMAS))
DONE: list[object] = []


@pytest.fixture(autouse=True)
def servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take all but what belongs to ``bad``."""
    DONE.clear()

    def provide(_settings: Settings, lacking: Lacking, _streams: Sequence[Stream]) -> Iterator[str]:
        if lacking.dataset == "bad":
            raise ContractError("bad breaks its promise.", remedy="Mend it.")
        yield f"{lacking.dataset} registered"

    def start(_settings: Settings, what: Start) -> Started:
        DONE.append(what)
        if not what.datasets:
            failures = [TidegateError("Flink refuses the SQL of sour.", remedy="Mend it.")]
            return Started([FlinkJob("1", "refine", "RUNNING", 0)], failures)
        if "late" in what.datasets:
            raise TidegateError("late does not start.", remedy="Mend it.")
        return Started([FlinkJob("1", "refine", "RUNNING", 0)], [])

    def stop(_settings: Settings, name: str, *, savepoint: bool) -> str | None:
        DONE.append(name)
        return "file:/savepoint" if savepoint else None

    monkeypatch.setattr(module, "_provide", provide)
    monkeypatch.setattr(module, "start", start)
    monkeypatch.setattr(module, "stop", stop)
    monkeypatch.setattr(module, "makes_savepoint", lambda _client, name: "failing" not in name)


def problems(*parts: Lacking | JobStep) -> dict[str, str]:
    lacking = tuple(part for part in parts if isinstance(part, Lacking))
    jobs = tuple(part for part in parts if isinstance(part, JobStep))
    found = carry_out(SETTINGS, Plan(lacking, jobs), DONE.append).problems
    return {name: error.problem for name, error in found.items()}


def test_what_is_provided_comes_before_the_jobs() -> None:
    assert problems(Lacking("good"), JobStep(("refine",), ("good",))) == {}
    assert DONE[:2] == ["good registered", Start(("refine",), ("good",))]


def test_a_dataset_that_is_refused_has_no_job_started_and_the_others_go_on() -> None:
    found = problems(Lacking("bad"), Lacking("good"), JobStep(("refine",), ("bad",)), JobStep(("refine",), ("good",)))
    assert found == {"bad": "bad breaks its promise."}
    assert [each for each in DONE if isinstance(each, Start)] == [Start(("refine",), ("good",))]


def test_a_start_that_fails_is_told_of_its_dataset_alone() -> None:
    found = problems(JobStep(("refine",), ("late",)), JobStep(("refine",), ("good",)))
    assert found == {"late": "late does not start."}
    assert DONE[-1] != Start(("refine",), ("late",))


def test_a_dataset_that_is_left_out_of_a_start_is_told_of_itself_alone() -> None:
    assert problems(JobStep(("refine",), ("good", "sour"), shared=True)) == {"sour": "Flink refuses the SQL of sour."}


def test_a_shared_job_is_stopped_with_a_savepoint_and_started_for_all() -> None:
    assert problems(JobStep(("refine",), ("good",), True, "refine", ("sour",))).keys() == {"sour"}, (
        "its job was stopped"
    )
    assert (DONE[0], DONE[2]) == ("refine", Start(("refine",)))


def test_an_own_job_is_started_again_with_all_that_it_had() -> None:
    problems(JobStep(("refine",), ("good",), False, "refine.group", ("other",)))
    assert DONE[2] == Start(("refine",), ("good", "other"))


def test_a_job_without_work_is_stopped_and_not_started() -> None:
    assert problems(JobStep((), ("good",), stops="metrics.good")) == {}
    assert DONE[0] == "metrics.good" and not any(isinstance(each, Start) for each in DONE)


def test_a_job_that_fails_again_and_again_is_mended_from_its_newest_checkpoint() -> None:
    assert problems(JobStep(("refine",), ("good",), stops="refine.failing")) == {}
    assert DONE[:3] == [
        "refine.failing",
        "refine.failing stopped, its newest checkpoint stays",
        Start(("refine",), ("good",)),
    ]
