"""Pages of letters, the newest first."""

from tests.letters import FAILED_AT, letter
from tests.unit.dlq.served import Served
from tidegate.dead_letters.filter import LetterFilter
from tidegate.dead_letters.ledger import State
from tidegate.dlq.listing import Cause, page


def test_pages_follow_each_other_and_causes_are_counted(served: Served) -> None:
    served.send(*(letter(number, rules=("b", "a"), failed_at=FAILED_AT + number) for number in range(3)))
    served.send(letter(9, stage="decode", error_code="TRUNCATED", failed_at=FAILED_AT - 1))
    served.enter(letter(0), State.DISCARDED)

    with served.index() as index:
        first, second = (page(index, LetterFilter(), number, 3) for number in (1, 2))

    assert [line.source_offset for line in first.lines] == [2, 1, 0]
    assert [line.source_offset for line in second.lines] == [9]
    assert (second.first, second.letters) == (3, 4)
    assert [(each.cause, each.letters, each.open) for each in first.causes] == [
        (Cause("rule", "RULE_VIOLATED", "b, a"), 3, 2),
        (Cause("decode", "TRUNCATED", ""), 1, 1),
    ]
    told = first.as_json()
    assert (told["lines"][0]["code"], told["causes"][0]["rules"]) == ("RULE_VIOLATED", "b, a")


def test_a_filter_leaves_others_out(served: Served) -> None:
    served.send(letter(1), letter(2))

    with served.index() as index:
        found = page(index, LetterFilter(ids=(letter(2)["dead_letter_id"],)), 1, 10)
    assert [line.source_offset for line in found.lines] == [2]
