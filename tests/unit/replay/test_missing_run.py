"""A kept plan of what is missing refines what still is, and nothing that came or went since."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.replay.plans import plan
from tests.unit.replay.test_lake_run import audited
from tidegate.errors import TidegateError
from tidegate.replay import missing_run as module
from tidegate.replay.missing_run import both, plan_missing, run_missing
from tidegate.replay.plan import Plan
from tidegate.replay.range_plan import SILVER_TARGET, RangePlan
from tidegate.replay.store import DONE
from tidegate.settings import Settings

TURN: Any = None


class Proof:
    """Finds these missing; what was run is kept."""

    def __init__(self) -> None:
        self.missing: dict[int, tuple[int, ...]] = {0: (5, 7), 1: ()}
        self.ran: list[dict[int, tuple[int, ...]]] = []

    def find(self, _settings: Settings, dataset: str) -> Plan:
        return Plan(dataset, self.missing, left=3)

    def run(self, _settings: Settings, found: Plan, _turn: object) -> None:
        self.ran.append(dict(found.offsets))


@pytest.fixture
def proof(monkeypatch: pytest.MonkeyPatch) -> Proof:
    proof = Proof()
    monkeypatch.setattr(module, "find_missing", proof.find)
    monkeypatch.setattr(module, "run_plan", proof.run)
    monkeypatch.setattr(module, "audited", audited)
    monkeypatch.setattr(module, "prove", lambda *_: SimpleNamespace(verdict=lambda: "The proof holds.", holds=True))
    return proof


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def test_a_plan_names_what_is_missing_and_comes_back_as_it_was(proof: Proof, settings: Settings) -> None:
    made = plan_missing(settings, "clicks", "ann@host")
    assert (made.target, made.events, made.offsets) == (SILVER_TARGET, 2, {0: (5, 7), 1: ()})
    assert made.rows.spans == {0: (5, 8), 1: (0, 0)}
    assert made.notes == ("3 more are missing; plan again after this one.",)
    assert RangePlan.from_json(made.to_json()) == made
    proof.missing = {0: (), 1: ()}
    with pytest.raises(TidegateError, match="nothing of clicks is missing"):
        plan_missing(settings, "clicks", "ann@host")


def test_its_run_refines_what_is_in_the_plan_and_still_missing(proof: Proof, settings: Settings) -> None:
    made = plan_missing(settings, "clicks", "ann@host")
    proof.missing = {0: (7, 9), 1: (1,)}
    status = run_missing(settings, made, "ann@host", TURN)
    assert proof.ran == [{0: (7,), 1: ()}]
    assert (status.state, status.proof_holds) == (DONE, True)
    with pytest.raises(TidegateError, match="is done"):
        run_missing(settings, made, "ann@host", TURN)


def test_where_nothing_is_missing_any_more_nothing_is_refined(proof: Proof, settings: Settings) -> None:
    made = plan_missing(settings, "clicks", "ann@host")
    proof.missing = {0: (), 1: (4,)}
    assert run_missing(settings, made, "ann@host", TURN).state == DONE
    assert proof.ran == []


def test_a_plan_of_a_range_names_no_missing_offsets() -> None:
    assert both(plan(), Plan("clicks", {0: (11,)})).count == 0
