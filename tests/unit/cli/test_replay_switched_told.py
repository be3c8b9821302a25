"""Who switches or forgets is told what that means, and whoever looks, how far it is."""

from dataclasses import replace

import pytest

from tests.unit.replay.plans import plan
from tidegate.cli.replay_switched_told import switch_told, to_be_forgotten, to_be_switched
from tidegate.cli.replay_told import result
from tidegate.replay.range_plan import NextSilver
from tidegate.replay.store import COMMITTING, DONE, FILLED, SWITCHED, SWITCHING, Status

SILVER = plan(target="lake,silver", silver=NextSilver(3, 4, 10, 100))
JOBS = {"refine": ["clicks"]}


def test_who_switches_is_told_from_where_to_where() -> None:
    assert "go over from silver.clicks.v2 to silver.clicks.v3" in to_be_switched(SILVER)


@pytest.mark.parametrize("state", [SWITCHING, COMMITTING, SWITCHED])
def test_a_switch_that_was_cut_short_is_gone_on_with(state: str) -> None:
    assert [*result(SILVER, Status(state, jobs=JOBS))] == [*switch_told(SILVER, Status(state))]
    [told] = switch_told(SILVER, Status(state))
    assert f"`tidegate replay switch {SILVER.plan_id}` goes on" in told


def test_old_topics_stay_until_they_are_forgotten() -> None:
    done = Status(DONE, jobs=JOBS, proof="It holds.", proof_holds=True)
    assert [*result(SILVER, done)] == ["It holds.", *switch_told(SILVER, done)]
    [stay], [gone] = (switch_told(SILVER, each) for each in (done, replace(done, forgotten_at=1)))
    assert f"stay until `tidegate replay forget {SILVER.plan_id}`" in stay
    assert "the topics of before are deleted" in gone
    assert [*switch_told(SILVER, Status(FILLED))] == []


def test_who_deletes_old_topics_is_told_what_goes_and_that_a_proof_does_not_hold() -> None:
    assert to_be_forgotten(["topics: a", "subjects: b"], Status(DONE, proof="It holds.", proof_holds=True)) == (
        "This deletes for good topics: a; subjects: b."
    )
    told = to_be_forgotten(["topics: a"], Status(SWITCHED, proof="3 are missing.", proof_holds=False))
    assert told.startswith("The proof after the switch does not hold: 3 are missing. This deletes")
