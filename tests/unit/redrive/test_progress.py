"""How far a plan is, by the ledger."""

from tidegate.dead_letters.ledger import Entry, Outcome, Place, State
from tidegate.redrive.plan import PlannedLetter, RedrivePlan
from tidegate.redrive.progress import left, progress

AT = Place("dlq.a", 0, 1)
ENTRY = Entry("", "a", State.OPEN, AT, AT, 1, "anna", plan_id="p")
LEDGER = {
    "a": ENTRY._replace(state=State.RESOLVED, outcome=Outcome.SILVER),
    "b": ENTRY._replace(state=State.RESOLVED, outcome=Outcome.DUPLICATE),
    "c": ENTRY._replace(state=State.FAILED_AGAIN, cause="rule/RULE_VIOLATED"),
    "d": ENTRY._replace(state=State.IN_FLIGHT),
    "e": ENTRY._replace(state=State.IN_FLIGHT, plan_id="another"),
    "f": ENTRY._replace(state=State.DISCARDED),
    "g": ENTRY._replace(state=State.PARKED),
    "h": ENTRY._replace(state=State.OPEN),
    "of no plan": ENTRY._replace(state=State.RESOLVED),
}


def plan(ids: str) -> RedrivePlan:
    letters = tuple(
        PlannedLetter(name, Place("dlq.a", 0, 100 - number), AT, "rule", 1) for number, name in enumerate(ids)
    )
    return RedrivePlan("p", "a", 1, "anna", "", None, None, letters)


def test_the_states_sum_to_the_letters_of_the_plan() -> None:
    found = progress(plan("abcdefghi"), LEDGER)

    assert (found.resolved, found.failed_again, found.in_flight, found.elsewhere, found.closed, found.left) == (
        2,
        1,
        1,
        1,
        1,
        3,
    )
    assert found.letters == 9
    assert (found.outcomes, found.causes) == ({"silver": 1, "duplicate": 1}, {"rule/RULE_VIOLATED": 1})
    assert not found.is_done
    assert found.line() == (
        "9 letters: 2 resolved, 1 failed again, 1 in flight, 1 in flight by another plan, "
        "1 parked since, discarded or expired, 3 left"
    )
    assert found.to_json()["left"] == 3


def test_a_plan_is_done_when_each_letter_has_its_end() -> None:
    assert progress(plan("abcf"), LEDGER).is_done
    assert not progress(plan("abcfd"), LEDGER).is_done


def test_left_are_open_and_parked_letters_in_the_order_of_their_topic() -> None:
    assert [each.dead_letter_id for each in left(plan("abcdefghi"), LEDGER)] == ["i", "h", "g"]


def test_a_letter_that_somebody_parks_after_the_plan_was_made_is_not_sent() -> None:
    ledger = {"a": ENTRY._replace(state=State.PARKED, changed_at=2), "b": ENTRY._replace(state=State.PARKED)}

    assert [each.dead_letter_id for each in left(plan("ab"), ledger)] == ["b"]
    assert (progress(plan("ab"), ledger).closed, progress(plan("ab"), ledger).left) == (1, 1)


def test_a_document_that_was_refused_again_has_failed_and_may_be_tried_again_until_it_is_parked() -> None:
    refused = ENTRY._replace(outcome=Outcome.DEAD_LETTER, cause="index/DOCUMENT_REJECTED", changed_at=2)
    ledger = {"a": refused, "b": refused._replace(state=State.PARKED), "c": refused._replace(plan_id="another")}

    found = progress(plan("abc"), ledger)

    assert (found.failed_again, found.left, found.closed) == (2, 1, 0)
    assert found.causes == {"index/DOCUMENT_REJECTED": 2}
    assert [each.dead_letter_id for each in left(plan("abc"), ledger)] == ["c", "a"]
