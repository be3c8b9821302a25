"""How many copies are sent, when, and when no more are."""

from tidegate.dead_letters.ledger import Place
from tidegate.redrive.pace import BATCH_BYTES, Pace, batches, parts
from tidegate.redrive.plan import PlannedLetter


def letters(count: int) -> list[PlannedLetter]:
    return [
        PlannedLetter(str(number), Place("dlq.a", 0, number), Place("raw.a", 0, number), "rule", 1)
        for number in range(count)
    ]


def sizes(count: int, **pace: object) -> list[int]:
    return [len(part) for part in parts(letters(count), Pace(**pace))]  # type: ignore[arg-type]


def test_a_run_begins_with_one_percent_then_ten() -> None:
    assert sizes(1000) == [10, 90, 900]
    assert sizes(30) == [1, 2, 27]
    assert sizes(1) == [1]
    assert sizes(0) == []


def test_all_parts_together_are_the_letters_in_their_order() -> None:
    assert [each for part in parts(letters(57), Pace()) for each in part] == letters(57)
    assert sizes(57, ramp=False) == [57]
    assert sum(sizes(57, limit=20)) == 20


def test_it_pauses_when_more_than_the_share_failed() -> None:
    pace = Pace(max_failed=0.1)
    assert not pace.too_many_failed(0, 0)
    assert not pace.too_many_failed(1, 10)
    assert pace.too_many_failed(2, 10)
    assert pace.too_many_failed(1, 1)


def test_a_rate_says_when_copies_are_due_and_keeps_batches_small() -> None:
    assert (Pace(rate=100).due_s(250), Pace().due_s(250)) == (2.5, 0.0)
    assert (Pace(rate=100).at_once, Pace(rate=0.5).at_once, Pace(batch_records=7).at_once) == (100, 1, 7)


def test_a_batch_ends_with_its_records_or_its_bytes() -> None:
    assert [*batches(iter([("a", 1), ("b", 1), ("c", 1)]), 2)] == [["a", "b"], ["c"]]
    assert [*batches(iter([("a", BATCH_BYTES), ("b", 1)]), 2)] == [["a"], ["b"]]
