"""Which jobs are started or restarted, and that no other is touched."""

from collections.abc import Collection

import pytest

from tidegate.apply.job_steps import JobStep, job_steps
from tidegate.jobs.live import LiveJob

ALL_JOBS = ("refine", "lake", "index", "metrics")
WANTED = {name: dict.fromkeys(ALL_JOBS, f"{name} 2") for name in ("clicks", "orders", "readings")}
SHARED = [LiveJob(job, f"id of {job}", job, {"clicks": "clicks 2", "orders": "orders 2"}) for job in ALL_JOBS]


def own(job: str, fingerprint: str) -> LiveJob:
    return LiveJob(f"{job}.readings", f"id of {job}", job, {"readings": fingerprint})


OWN = [own(job, "readings 2") for job in ALL_JOBS]


def steps(live: list[LiveJob], *asked: str, wanted: Collection[str] = WANTED.keys()) -> list[JobStep]:
    found, problems = job_steps(
        {name: WANTED[name] for name in WANTED if name in wanted}, live, asked or WANTED.keys(), everything=not asked
    )
    assert not problems
    return found


def test_where_all_runs_as_it_should_there_is_nothing_to_do() -> None:
    assert steps([*SHARED, *OWN]) == steps([*SHARED, *OWN], "readings") == []


@pytest.mark.parametrize("asked", [(), ("readings",)])
def test_a_new_dataset_is_started_beside_those_that_run(asked: tuple[str, ...]) -> None:
    (step,) = steps(SHARED, *asked)
    assert step == JobStep(ALL_JOBS, ("readings",))
    assert str(step) == "start refine, lake, index, metrics beside what runs"


def test_only_what_does_not_run_is_started() -> None:
    assert steps([*SHARED, *OWN[:2]]) == [JobStep(("index", "metrics"), ("readings",))]


def test_on_a_stack_without_jobs_one_of_each_is_started_for_all() -> None:
    assert steps([]) == [JobStep(ALL_JOBS, tuple(WANTED), shared=True)]
    assert steps([], "readings") == [JobStep(ALL_JOBS, ("readings",))], "the others were not asked for"


def test_a_changed_dataset_restarts_its_own_job_alone() -> None:
    live = [*SHARED, own("refine", "readings 1"), *OWN[1:]]
    (step,) = steps(live)
    assert step == JobStep(("refine",), ("readings",), stops="refine.readings")
    assert "wait" not in str(step)


def test_a_shared_job_is_restarted_once_for_all_that_have_changed_and_says_who_waits() -> None:
    old = LiveJob("lake", "1", "lake", {"clicks": "clicks 1", "orders": "orders 2", "readings": "readings 1"})
    (step,) = steps([SHARED[0], old, *SHARED[2:], OWN[0], *OWN[2:]], "clicks")
    assert step == JobStep(("lake",), ("clicks", "readings"), True, "lake", ("orders",))
    assert str(step).endswith("its other datasets wait meanwhile: orders")


def test_a_job_that_does_not_tell_what_it_runs_is_restarted_once() -> None:
    (step,) = steps([LiveJob("refine", "1", "refine"), *SHARED[1:], *OWN])
    assert (step.stops, step.datasets) == ("refine", tuple(WANTED))


def test_a_job_ends_for_which_the_contract_has_no_work_any_more() -> None:
    wanted = WANTED | {"readings": {job: sign for job, sign in WANTED["readings"].items() if job != "metrics"}}
    (step,), _ = job_steps(wanted, [*SHARED, *OWN], ["readings"], everything=False)
    assert step == JobStep((), ("readings",), stops="metrics.readings")
    assert str(step) == "stop metrics.readings with a savepoint, as the contract has no work for it any more"
    shared = LiveJob("metrics", "1", "metrics", {"clicks": "clicks 2", "readings": "readings 2"})
    (step,), _ = job_steps(wanted, [*SHARED[:3], shared, *OWN[:3]], ["readings"], everything=False)
    assert step == JobStep(("metrics",), ("readings",), True, "metrics", ("clicks",)), "the others go on"


def test_a_job_is_not_stopped_whose_state_could_not_be_claimed_again() -> None:
    old = LiveJob("refine", "1", "refine", {"clicks": "clicks 1", "broken": "any"})
    found, problems = job_steps(WANTED, [old, *SHARED[1:], *OWN], ["clicks", "readings"], everything=False)
    assert found == []
    assert list(problems) == ["clicks"]
    assert "broken" in problems["clicks"].problem and "tidegate remove broken" in problems["clicks"].remedy
