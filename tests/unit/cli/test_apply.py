"""``tidegate apply``: the plan is shown first; what can't be applied is told, and is exit code 3."""

import json

import pytest
from click.testing import CliRunner, Result

from tidegate.apply.carry_out import Outcome, Say
from tidegate.apply.job_steps import JobStep
from tidegate.apply.plan import Lacking, Plan
from tidegate.cli import apply
from tidegate.errors import ContractError
from tidegate.settings import Settings

PLAN = Plan((Lacking("readings", topics=("raw.readings (4 partitions)",)),), (JobStep(("refine",), ("readings",)),))
BROKEN = {"orders": ContractError("orders/refine.sql: no column x.", remedy="Mend it.")}


JOBS: list[tuple[str, ...]] = []
"""Those that were to run, of each run."""


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """The plans that were carried out."""
    plans: list[Plan] = []

    def carry_out(_settings: Settings, plan: Plan, say: Say) -> Outcome:
        plans.append(plan)
        say("refine.readings runs")
        return Outcome(dict(plan.problems))

    monkeypatch.setattr(apply, "carry_out", carry_out)
    return plans


def run(monkeypatch: pytest.MonkeyPatch, plan: Plan, *arguments: str) -> Result:
    def planned(_settings: Settings, _names: tuple[str, ...], jobs: tuple[str, ...]) -> Plan:
        JOBS.append(jobs)
        return plan

    monkeypatch.setattr(apply, "prepare", planned)
    return CliRunner().invoke(apply.command, arguments)


def test_the_plan_is_shown_and_carried_out(monkeypatch: pytest.MonkeyPatch, done: list[Plan]) -> None:
    result = run(monkeypatch, PLAN, "readings")
    assert (result.exit_code, done) == (0, [PLAN])
    assert result.stdout.index("create topic raw.readings") < result.stdout.index("refine.readings runs")


def test_a_dry_run_ends_with_the_plan(monkeypatch: pytest.MonkeyPatch, done: list[Plan]) -> None:
    result = run(monkeypatch, PLAN, "--dry-run")
    assert (result.exit_code, done) == (0, [])
    assert "start refine beside what runs" in result.stdout


def test_where_all_is_as_it_should_be_that_is_said(monkeypatch: pytest.MonkeyPatch, done: list[Plan]) -> None:
    result = run(monkeypatch, Plan(notes=("Dashboards are left out: no address.",)))
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "Nothing to do: all is as the contracts say."
    assert "Dashboards are left out" in result.stdout


def test_a_dataset_that_can_not_be_applied_has_one_line(monkeypatch: pytest.MonkeyPatch, done: list[Plan]) -> None:
    result = run(monkeypatch, Plan(PLAN.lacking, PLAN.jobs, BROKEN))
    assert result.exit_code == 3
    assert "not applied: orders: orders/refine.sql: no column x. Mend it.\n" in result.stderr
    assert done, "the others are applied"


def test_the_facts_for_machines(monkeypatch: pytest.MonkeyPatch, done: list[Plan]) -> None:
    facts = json.loads(run(monkeypatch, Plan(PLAN.lacking, PLAN.jobs, BROKEN), "--json").stdout)
    assert facts["applied"] is True
    assert facts["steps"][0] == {"dataset": "readings", "action": "create topic raw.readings (4 partitions)"}
    assert facts["problems"] == {"orders": {"problem": "orders/refine.sql: no column x.", "remedy": "Mend it."}}


def test_jobs_may_be_named_or_left_alone(monkeypatch: pytest.MonkeyPatch, done: list[Plan]) -> None:
    for arguments in ([], ["--jobs", "refine, lake"], ["--no-jobs"]):
        assert run(monkeypatch, PLAN, "--dry-run", *arguments).exit_code == 0
    assert JOBS[-3:] == [("refine", "lake", "index", "metrics"), ("refine", "lake"), ()]
    assert "no job 'refin'" in str(run(monkeypatch, PLAN, "--jobs", "refin").exception)
