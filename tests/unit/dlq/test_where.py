"""In SQL a filter means the letters that it means in Python."""

import pytest

from tests.letters import FAILED_AT, letter
from tests.unit.dlq.served import Served
from tidegate.dead_letters.filter import LetterFilter, OffsetRange
from tidegate.dead_letters.ledger import State
from tidegate.dlq.where import where
from tidegate.errors import TidegateError

LETTERS = [
    letter(1, rules=("a",), source={"headers": {"producer": b"shop"}}),
    letter(2, rules=("b", "a"), failed_at=FAILED_AT + 1, source={"key": b"\xff\x01"}),
    letter(3, stage="decode", error_code="TRUNCATED", contract={"subject": "s", "schema_id": None}),
    letter(4, source={"headers": {"producer": b"\xff"}, "partition": 2}),
    letter(5) | {"source": None},
]
FILTERS = [
    LetterFilter(),
    LetterFilter(codes=("TRUNCATED", "TOMBSTONE")),
    LetterFilter(rules=("a", "c")),
    LetterFilter(stages=("decode",)),
    LetterFilter(schema_ids=(7,)),
    LetterFilter(states=(State.PARKED,)),
    LetterFilter(states=(State.OPEN,), rules=("a",)),
    LetterFilter(since=FAILED_AT + 1),
    LetterFilter(until=FAILED_AT + 1),
    LetterFilter(offsets=(OffsetRange(0, 2, 4), OffsetRange(2, 4, 5))),
    LetterFilter(keys=("session-1",)),
    LetterFilter(keys=("ff01",)),
    LetterFilter(ids=(LETTERS[2]["dead_letter_id"],)),
    LetterFilter(headers=(("producer", "shop"),)),
    LetterFilter(headers=(("producer", "shop"), ("other", ""))),
]


@pytest.mark.parametrize("wanted", FILTERS, ids=lambda each: str(each).replace(" ", "_"))
def test_it_means_the_same_letters(served: Served, wanted: LetterFilter) -> None:
    served.send(*LETTERS)
    served.enter(LETTERS[0], State.PARKED)
    sql, values = where(wanted)

    with served.index() as index:
        found = {name for (name,) in index.rows(f"select id from letters where {sql}", values)}

    states = {LETTERS[0]["dead_letter_id"]: State.PARKED}
    assert found == {
        each["dead_letter_id"]
        for each in LETTERS
        if wanted.matches(each, states.get(each["dead_letter_id"], State.OPEN))
    }


def test_an_identity_is_no_column() -> None:
    with pytest.raises(TidegateError, match="--key or --id"):
        where(LetterFilter(identities=("a",)))
