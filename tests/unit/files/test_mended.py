"""What the ledger is told of a letter by the verdict on its mended row; that it is told: tests/stack/test_files.py."""

import pytest

from tidegate.dead_letters.ledger import Entry, Outcome, Place, State
from tidegate.files.mended import _ends, _Letter, _Other
from tidegate.sql.replay_lake import DROPPED, DUPLICATE, REJECTED

COPY = Place("file:///in/1.csv#repair-p-1", 4, 25)
ENTRY = Entry(
    "a" * 32, "visits", State.IN_FLIGHT, Place("dlq.visits", 0, 7), Place("file:///in/1.csv", 1, 90), 0, "me",
    plan_id="p", copy=COPY,
)  # fmt: skip
NOWHERE = (-1, -1)
URIS = {1: "file:///in/1.csv", 4: COPY.topic}
SAID = {
    "dead_letter_id": "b" * 32,
    "stage": "rule",
    "error_code": "RULE_VIOLATED",
    "source": {"topic": COPY.topic, "partition": 4, "offset": 25},
}
LETTER = _Letter(SAID, Place("dlq.visits", 2, 11))


@pytest.mark.parametrize(
    ("other", "outcome", "place"),
    [
        (None, Outcome.SILVER, COPY),
        (_Other(DROPPED, NOWHERE), Outcome.DROPPED, COPY),
        (_Other(DUPLICATE, (1, 30)), Outcome.DUPLICATE, Place(URIS[1], 1, 30)),
    ],
)
def test_a_row_that_is_somewhere_resolves_its_letter(other: _Other | None, outcome: Outcome, place: Place) -> None:
    [entry] = _ends(ENTRY, other, None, 5, URIS)

    assert (entry.state, entry.outcome, entry.outcome_place, entry.copy) == (State.RESOLVED, outcome, place, COPY)


def test_a_row_that_is_rejected_again_has_failed_again_and_has_another_letter() -> None:
    [entry] = _ends(ENTRY, _Other(REJECTED, NOWHERE), LETTER, 5, URIS)

    assert (entry.state, entry.outcome, entry.outcome_place) == (
        State.FAILED_AGAIN,
        Outcome.DEAD_LETTER,
        LETTER.place,
    )
    assert (entry.next_letter_id, entry.cause) == ("b" * 32, "rule/RULE_VIOLATED")


def test_one_that_was_tried_often_enough_is_parked() -> None:
    failed, parked = _ends(ENTRY, _Other(REJECTED, NOWHERE), LETTER, 2, URIS)

    assert failed.state is State.FAILED_AGAIN
    assert (parked.dead_letter_id, parked.state, parked.attempt, parked.source) == ("b" * 32, State.PARKED, 2, COPY)


def test_a_letter_that_is_not_there_yet_leaves_the_entry_in_flight() -> None:
    assert [*_ends(ENTRY, _Other(REJECTED, NOWHERE), None, 5, URIS)] == []
