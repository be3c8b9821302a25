"""What became of a copy, by what refine wrote of it; reading it back is tested on real Kafka."""

from tests.unit.redrive.letters import letter
from tidegate.dead_letters.ledger import Entry, Outcome, Place, State
from tidegate.redrive.settle import Failed, Found, in_flight, verdicts

AT = Place("dlq.orders", 0, 1)
ENTRY = Entry("aa", "orders", State.IN_FLIGHT, AT, AT, 1, "anna", plan_id="p", copy=Place("raw.orders", 1, 99))
RAW = (1, 99)
SILVER, DROPPED = Place("silver.orders", 0, 5), Place("dropped.orders", 0, 5)
FAILED = Failed(letter(dead_letter_id="bb", attempt=2), Place("dlq.orders", 0, 8))


def found(**kinds: object) -> Found:
    return Found(**{"silver": {}, "dropped": {}, "letters": {}, **kinds})  # type: ignore[arg-type]


def test_a_copy_in_silver_or_dropped_is_resolved_there() -> None:
    [silver] = verdicts([ENTRY], found(silver={RAW: SILVER}), 5, 2)
    [dropped] = verdicts([ENTRY], found(dropped={RAW: DROPPED}), 5, 2)

    assert (silver.state, silver.outcome, silver.outcome_place) == (State.RESOLVED, Outcome.SILVER, SILVER)
    assert (dropped.state, dropped.outcome, dropped.outcome_place) == (State.RESOLVED, Outcome.DROPPED, DROPPED)


def test_a_letter_wins_over_rows_of_the_same_record() -> None:
    [failed] = verdicts([ENTRY], found(silver={RAW: SILVER}, letters={RAW: FAILED}), 5, 2)

    assert (failed.state, failed.next_letter_id) == (State.FAILED_AGAIN, "bb")


def test_what_failed_as_often_as_is_tried_is_parked() -> None:
    failed, parked = verdicts([ENTRY._replace(attempt=2)], found(letters={RAW: FAILED}), 3, 2)

    assert (failed.dead_letter_id, failed.state) == ("aa", State.FAILED_AGAIN)
    assert (parked.dead_letter_id, parked.state, parked.attempt) == ("bb", State.PARKED, 3)
    assert len(verdicts([ENTRY], found(letters={RAW: FAILED}), 3, 2)) == 1


def test_what_left_no_trace_has_no_verdict() -> None:
    assert verdicts([ENTRY], found(silver={(0, 99): SILVER}), 5, 2) == []


def test_in_flight_are_those_of_the_plan_that_have_no_outcome() -> None:
    ledger = {
        "a": ENTRY,
        "b": ENTRY._replace(plan_id="another"),
        "c": ENTRY._replace(state=State.RESOLVED),
    }
    assert in_flight(ledger, "p") == [ENTRY]
