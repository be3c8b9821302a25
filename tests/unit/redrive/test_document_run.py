"""A plan of documents is carried out: what OpenSearch lacks is written, and the ledger says what it took."""

from collections import Counter

import pytest

from tests.unit.redrive.document_plans import INDEX, ORDERS, Documents, row
from tidegate.clients.documents import Held
from tidegate.dead_letters.ledger import Outcome, State
from tidegate.errors import TransientError
from tidegate.redrive.document_run import CAUSE, GONE, DocumentRun
from tidegate.redrive.documents import OTHER_RECORD
from tidegate.redrive.pace import Pace
from tidegate.settings import Settings

PACE = Pace(ramp=False)
REFUSED = "mapper: no value is '***'"
"""Without the personal value that OpenSearch names."""


@pytest.fixture
def documents(monkeypatch: pytest.MonkeyPatch) -> Documents:
    return Documents(monkeypatch, 4)


def run_of(documents: Documents, pace: Pace = PACE) -> DocumentRun:
    return DocumentRun(Settings(), ORDERS, documents.plan, "ben", pace)


def test_each_document_is_written_once_and_its_letter_resolved_with_its_place(documents: Documents) -> None:
    run = run_of(documents)
    found = run.carry_out()

    assert (found.resolved, found.is_done, run.sent, run.done, run.paused) == (4, True, 4, 4, "")
    assert found.outcomes == {"index": 4}
    entry = documents.ledger["l2"]
    assert (entry.state, entry.outcome, entry.plan_id, entry.actor) == (State.RESOLVED, Outcome.INDEX, "p", "ben")
    assert entry.reason == f"it is {INDEX}/o2_paid_1"
    assert documents.held_by_id["o2_paid_1"].source == row(2)

    again = run_of(documents)
    again.carry_out()
    assert (again.sent, again.done) == (0, 0)


def test_a_run_that_died_before_its_entry_is_gone_on_with_by_looking(documents: Documents) -> None:
    documents.fails_to_record = True
    with pytest.raises(KeyboardInterrupt):
        run_of(documents).carry_out()
    assert (len(documents.held_by_id), documents.ledger) == (4, {})

    documents.fails_to_record = False
    run = run_of(documents)

    assert (run.carry_out().resolved, run.sent) == (4, 0)


def test_a_document_that_is_refused_again_stays_open_until_it_was_tried_often_enough(documents: Documents) -> None:
    documents.refuses = {"o1_paid_1"}
    pace = Pace(ramp=False, max_failed=1.0)

    run = run_of(documents, pace)
    found = run.carry_out()

    assert (found.resolved, found.failed_again, found.left, found.is_done) == (3, 1, 0, True)
    entry = documents.ledger["l1"]
    assert (entry.state, entry.attempt, entry.cause, entry.reason) == (State.OPEN, 2, CAUSE, REFUSED)
    most = ORDERS.contract.dead_letters.max_attempts
    for attempt in range(3, most + 1):
        assert run_of(documents, pace).carry_out().failed_again == 1
        assert documents.ledger["l1"].attempt == attempt
    parked = documents.ledger["l1"]
    assert (parked.state, parked.reason) == (
        State.PARKED,
        f"it failed {most} times, at most {most} are tried: {REFUSED}",
    )
    last = run_of(documents, pace)
    last.carry_out()
    assert last.sent == 0


def test_it_sends_no_more_while_too_many_are_refused(documents: Documents) -> None:
    documents.refuses = {f"o{number}_paid_1" for number in range(4)}

    run = run_of(documents, Pace())
    run.carry_out()

    assert (run.sent, run.paused) == (1, "1 of 1 were refused again")


def test_what_was_done_is_recorded_before_an_outage_is_told(documents: Documents) -> None:
    documents.holds_back = {"o3_paid_1"}

    with pytest.raises(TransientError, match=r"for a reason of its own: validation_exception: \*\*\* is too many\."):
        run_of(documents).carry_out()

    assert documents.ledger.keys() == {"l0", "l1", "l2"}


def test_what_is_in_the_way_or_gone_is_counted_and_left_as_it_is(documents: Documents) -> None:
    documents.held_by_id["o0_paid_1"] = Held(1, row(0) | {"_source_offset": 99})
    documents.expired = {3}

    run = run_of(documents)
    found = run.carry_out()

    assert run.not_sent == Counter({OTHER_RECORD: 1, GONE: 1})
    assert (found.resolved, found.left) == (2, 2)
    assert documents.held_by_id["o0_paid_1"].version == 1


def test_a_limit_ends_it_and_the_next_run_goes_on(documents: Documents) -> None:
    first = run_of(documents, Pace(ramp=False, limit=3, rate=1000))

    assert (first.carry_out().left, first.sent) == (1, 3)
    assert run_of(documents).carry_out().is_done
