"""Letters that wait are settled by what the replay has made of their records."""

from typing import Any

import pytest

from tests.unit.proof.test_replayed import marked, numbered, silver_rows
from tidegate.dead_letters.ledger import Outcome, Place, State
from tidegate.proof.replayed import Replay, Replayed
from tidegate.proof.rows import concat
from tidegate.replay.resolved import By, Held, resolved, resolved_and_rejected
from tidegate.replay.resolved import numbered as rows_of

BY = By("clicks", "20260102t030405-abcd", 5, "ann@host")
REPLAYED = Replayed.of(
    [
        Replay(
            "20260102t030405-abcd",
            {0: (0, 10)},
            rejected=concat([marked(1), numbered((2, 2))]),
            dropped=marked(3),
            duplicate=marked(4),
            left=marked(5),
        )
    ],
    silver_rows((0, "a"), (2, "c1"), (5, "f")),
)
"""0 passes, 1 is rejected, of 2 one row is, 3 is dropped, 4 repeats 0, 5 is left, 6 has no verdict."""


def letter(offset: int, row: int = 0, **other: Any) -> Held:
    places = Place("dlq.clicks", 0, 70), Place("raw.clicks", 0, offset)
    return Held("letter", State.OPEN, *places, row, 1)._replace(**other)


@pytest.mark.parametrize(
    ("offset", "row", "outcome"),
    [
        (0, 0, Outcome.SILVER),
        (1, 0, None),
        (1, 3, None),
        (2, 0, Outcome.SILVER),
        (2, 1, Outcome.SILVER),
        (2, 2, None),
        (3, 0, Outcome.DROPPED),
        (4, 0, Outcome.DUPLICATE),
        (5, 0, None),
        (6, 0, None),
        (11, 0, None),
    ],
)
def test_the_outcome_is_the_verdict_of_the_record_or_its_row(offset: int, row: int, outcome: Outcome | None) -> None:
    assert [each.outcome for each in resolved([letter(offset, row)], REPLAYED, BY)] == ([outcome] if outcome else [])


@pytest.mark.parametrize("state", State)
def test_only_what_waits_or_was_given_up_is_settled(state: State) -> None:
    found = [*resolved([letter(0, state=state)], REPLAYED, BY)]
    assert len(found) == (state in (State.OPEN, State.PARKED, State.DISCARDED))


def test_the_entry_names_the_replay_and_no_copy() -> None:
    (entry,) = resolved([letter(3, attempt=2)], REPLAYED, BY)
    assert (entry.state, entry.plan_id, entry.actor, entry.changed_at) == (State.RESOLVED, BY.plan_id, "ann@host", 5)
    assert (entry.copy, entry.attempt, entry.outcome_place) == (None, 2, None)


def test_the_letter_of_a_copy_is_settled_by_what_failed_first() -> None:
    """The copy lies behind the range, or is rejected in it; its event is in the lake all the same."""
    behind, within = letter(40, origin=(0, 0)), letter(1, origin=(0, 0))
    found = [*resolved([behind, within, letter(41, origin=(0, 1))], REPLAYED, BY)]
    assert [(each.source.offset, each.outcome_place) for each in found] == [
        (40, Place("raw.clicks", 0, 0)),
        (1, Place("raw.clicks", 0, 0)),
    ]


def test_a_letter_is_rejected_by_its_record_or_by_what_failed_first_if_neither_passes() -> None:
    """Else the letter of a copy would be opened by the same replay that has settled it."""
    rejected, of_rejected = letter(1), letter(40, origin=(0, 1))
    own_alone, first_alone = letter(1, origin=(0, 0)), letter(0, origin=(0, 1))
    some = [each._replace(state=State.RESOLVED) for each in (rejected, of_rejected, own_alone, first_alone, letter(6))]
    assert resolved_and_rejected(some, REPLAYED) == some[:2]


def test_letters_by_place_and_number() -> None:
    assert rows_of([letter(7, 3)]).identity.tolist() == [[3, 0]]
