"""A redrive on real Kafka, killed at each of its steps, cancelled, paused: nothing is lost, nothing sent twice."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.polling import wait_for
from tests.redrives import HEADERS, Redrives
from tests.synthetic import SyntheticDataset
from tidegate.clients.kafka_offsets import topic_spans
from tidegate.clients.ledger import read_ledger
from tidegate.dead_letters import redriven
from tidegate.dead_letters.ledger import Outcome, State
from tidegate.redrive import making
from tidegate.redrive.end import cancel_plan, status_of
from tidegate.redrive.pace import Pace
from tidegate.redrive.run import Run
from tidegate.redrive.send import EndedError, Sender
from tidegate.settings import Settings

ACTOR = "anna@desk"
STEPS = ("begin", "copies", "flush", "entries", "commit", "committed")
BATCH = 5
RUN_UNTIL_KILLED = """
import os, signal, sys
from pathlib import Path
from tidegate.contracts.load import load_stream
from tidegate.redrive.pace import Pace
from tidegate.redrive.plan import load
from tidegate.redrive.run import Run
from tidegate.settings import get_settings

schemas, plan_id, last = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
settings = get_settings().model_copy(update={"schemas_dir": schemas})
plan = load(settings, plan_id)
times = 0


def step(name):
    global times
    times += name == last
    if times == 2:
        os.kill(os.getpid(), signal.SIGKILL)


pace = Pace(ramp=False, wait_s=0, batch_records=int(sys.argv[4]))
Run(settings, load_stream(schemas, plan.dataset), plan, "anna@desk", pace, step=step).carry_out()
"""


@pytest.fixture
def redrives(request: pytest.FixtureRequest, stack: Settings, tmp_path: Path) -> Redrives:
    """A dataset of its own with as many letters as the test asks for."""
    synthetic = SyntheticDataset(stack, tmp_path / "schemas", f"redriven_{uuid4().hex[:8]}")
    return Redrives(synthetic, request.param)


def run_of(redrives: Redrives, **pace: Any) -> Run:
    return Run(redrives.settings, redrives.stream, redrives.plan, ACTOR, Pace(**{"wait_s": 30.0, **pace}))


@pytest.mark.parametrize("redrives", [10 * len(STEPS) + 7], indirect=True)
def test_killed_at_each_step_and_gone_on_with_each_letter_is_sent_once(redrives: Redrives) -> None:
    """Each run sends a batch, and is killed in its second one; only the last step finds both committed."""
    letters = {each.dead_letter_id for each in redrives.plan.letters}
    sent = 0
    for step in STEPS:
        arguments = [str(redrives.settings.schemas_dir), redrives.plan.plan_id, step, str(BATCH)]
        ended = subprocess.run(
            [sys.executable, "-c", RUN_UNTIL_KILLED, *arguments], capture_output=True, text=True, check=False
        )
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        sent += 2 * BATCH if step == "committed" else BATCH

    with redrives.refine():
        run = run_of(redrives, ramp=False, batch_records=BATCH)
        before = sum(entry.state == State.IN_FLIGHT for entry in run.ledger.values())
        found = run.carry_out()

    copies = redrives.copies()
    assert before in (sent, sent + BATCH)  # the commit that was asked for when it was killed may have come about
    assert found.is_done and found.resolved == len(letters) and not run.not_sent
    assert copies.keys() == letters and set(copies.values()) == {1}
    ledger = read_ledger(redrives.settings, redrives.plan.dataset)
    assert {entry.outcome for entry in ledger.values()} == {Outcome.SILVER}
    assert all(entry.outcome_place is not None for entry in ledger.values())


@pytest.mark.parametrize("redrives", [20], indirect=True)
def test_a_copy_is_the_record_as_it_came_with_signed_headers(
    redrives: Redrives, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made in processes beside, as those of many letters are."""
    monkeypatch.setattr(making, "BESIDE", 1)
    with redrives.refine():
        run_of(redrives, ramp=False).carry_out()

    records = redrives.records()
    first = [record for record in records if record.headers() == HEADERS]
    copies = [record for record in records if record.headers() != HEADERS]
    assert len(first) == len(copies) == 20
    said = [redriven.read(copy.headers()) for copy in copies]
    assert all(each is not None and each.attempt == 1 for each in said)
    origins = {(each.of.partition, each.of.offset): copy for each, copy in zip(said, copies, strict=True) if each}
    key = redrives.settings.redrive_key
    assert key is not None
    for record in first:
        copy = origins[record.partition(), record.offset()]
        assert (copy.key(), copy.value(), copy.partition()) == (record.key(), record.value(), record.partition())
        assert redriven.own_headers(copy.headers()) == HEADERS
        assert redriven.is_genuine(copy.headers(), copy.value(), key.get_secret_value())


@pytest.mark.parametrize("redrives", [40], indirect=True)
def test_what_fails_again_pauses_the_run_and_names_the_new_letter(redrives: Redrives) -> None:
    """In the ramp's second part one of four fails: the rest is not sent; with another limit it is."""
    verdicts = {"e0": "silver", "e1": "duplicate", "e2": "dropped"}
    with redrives.refine(lambda event: verdicts.get(event["event_id"], "dead_letter")):
        paused = run_of(redrives)
        first = paused.carry_out()
        assert "failed again" in paused.paused
        assert (first.left, first.failed_again, first.resolved) == (36, 1, 2)
        done = run_of(redrives, max_failed=1.0).carry_out()

    assert (done.left, done.in_flight) == (0, 1), "the duplicate's first is not in silver, so it is missing"
    assert done.outcomes == {"silver": 1, "dropped": 1}
    assert done.causes == {"rule/RULE_VIOLATED": 37}
    failed = [entry for entry in read_ledger(redrives.settings).values() if entry.state == State.FAILED_AGAIN]
    assert all(
        entry.next_letter_id and entry.outcome_place for entry in failed if entry.plan_id == redrives.plan.plan_id
    )


@pytest.mark.parametrize("redrives", [30], indirect=True)
def test_cancelled_from_elsewhere_it_sends_no_more_and_can_be_gone_on_with(redrives: Redrives) -> None:
    running = run_of(redrives, ramp=False, batch_records=BATCH, limit=10, wait_s=0.0)
    running.carry_out()

    found = cancel_plan(redrives.settings, redrives.plan, ACTOR)
    assert (found.in_flight, found.left) == (10, 20)
    with pytest.raises(EndedError, match=r"was cancelled, or another one has begun.*tidegate audit list"):
        running.carry_out()

    assert status_of(redrives.settings, redrives.plan) == found
    with redrives.refine():
        assert run_of(redrives, ramp=False).carry_out().resolved == 30
    assert set(redrives.copies().values()) == {1}


@pytest.mark.parametrize("redrives", [5], indirect=True)
def test_a_copy_that_repeats_what_silver_has_is_a_duplicate_of_it(redrives: Redrives) -> None:
    seen: set[str] = set()

    def once(event: dict[str, Any]) -> str:
        repeated = event["event_id"] in seen
        seen.add(event["event_id"])
        return "duplicate" if repeated else "silver"

    originals = redrives.records()
    topic = redrives.raw_topic
    # The producer sends what was right before anybody redrives, and refine is behind: silver has neither yet.
    redrives.synthetic.send(topic, [(record.partition(), record.value()) for record in originals])
    run_of(redrives, ramp=False, wait_s=0.0).carry_out()
    with redrives.refine(once):
        done = run_of(redrives, ramp=False).carry_out()

    assert done.outcomes == {"duplicate": 5}
    places = {entry.outcome_place for entry in read_ledger(redrives.settings, redrives.plan.dataset).values()}
    assert all(place is not None and place.topic == topic for place in places)


@pytest.mark.parametrize("redrives", [6], indirect=True)
def test_what_silver_has_already_is_not_sent_and_is_resolved_elsewhere(redrives: Redrives) -> None:
    """The producer sent three of them right long ago: refine has forgotten them, and would take them twice."""
    right = [record for record in redrives.records() if record.partition() == 0]
    with redrives.refine():
        redrives.synthetic.send(redrives.raw_topic, [(0, record.value()) for record in right])
        wait_for("silver rows", lambda: sum(end - start for start, end in silver_spans(redrives)) >= len(right), 30)
        done = run_of(redrives, ramp=False).carry_out()

    assert done.outcomes == {"elsewhere": 3, "silver": 3}
    assert sum(redrives.copies().values()) == 3
    ledger = read_ledger(redrives.settings, redrives.plan.dataset).values()
    elsewhere = [entry for entry in ledger if entry.outcome == Outcome.ELSEWHERE]
    assert all(entry.copy is None and entry.outcome_place for entry in elsewhere)


def silver_spans(redrives: Redrives) -> list[tuple[int, int]]:
    return [*topic_spans(redrives.settings, redrives.stream.contract.silver_topic).values()]


def test_a_step_that_a_test_forgets_is_seen(stack: Settings) -> None:
    steps: list[str] = []
    sender = Sender(stack, f"no_dataset_{uuid4().hex[:8]}", steps.append)
    sender.record([])

    assert {*steps} <= {*STEPS, "fence"}
